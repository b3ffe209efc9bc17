import { describe, expect, test } from 'vitest'
import type { Instance } from '../../shared/model/instance'
import { agentWord, hasTags, instanceTable } from './table'

const instance: Instance = {
  id: 'i-0123456789abcdef0',
  kind: 'ec2',
  name: 'web-1',
  tags: { Name: 'web-1', Env: 'prod' },
  platform: 'linux',
  state: 'running',
  agent: { kind: 'online' },
  agentVersion: '3.3.0.0',
}

describe('the table', () => {
  test('aligns its columns, shows Env where any instance has it, and marks what is empty', () => {
    const bare: Instance = {
      id: 'mi-0123456789abcdef0',
      kind: 'hybrid',
      name: '',
      tags: {},
      platform: 'windows',
      state: 'running',
      agent: { kind: 'offline' },
    }
    expect(instanceTable([instance, bare])).toBe(
      [
        'NAME   ID                    STATE    AGENT    VERSION  PLATFORM  ENV',
        'web-1  i-0123456789abcdef0   running  online   3.3.0.0  linux     prod',
        '-      mi-0123456789abcdef0  running  offline  -        windows   -',
        '',
      ].join('\n'),
    )
    expect(instanceTable([bare])).not.toContain('ENV')
  })

  test('of nothing is its header', () => {
    expect(instanceTable([])).toBe('NAME  ID  STATE  AGENT  VERSION  PLATFORM\n')
  })

  test('may have 150,000 lines', () => {
    const lines = instanceTable(Array.from({ length: 150_000 }, () => instance)).split('\n')
    expect([lines.length, lines[150_000]]).toEqual([150_002, lines[1]])
  })

  test('counts characters as they are seen, and lets no name drive the terminal', () => {
    const lines = instanceTable([instance, { ...instance, name: 'wéb\u001b[2J🙂' }]).split('\n')
    expect(lines[2]).toMatch(/^wéb⟨U\+001B⟩\[2J🙂 {2}i-0/)
    expect(lines[1]!.indexOf('i-0')).toBe(lines[0]!.indexOf('ID'))
  })

  test('holds a hundred and fifty thousand instances', () => {
    const lines = instanceTable(Array.from({ length: 150_000 }, () => instance)).split('\n')
    expect(lines).toHaveLength(150_002)
    expect(lines[150_000]).toBe(lines[1])
  })

  test('says none for an instance that has no agent', () => {
    expect(agentWord({ kind: 'unmanaged' })).toBe('none')
  })
})

test('tags must all be there, and be equal', () => {
  expect(hasTags(instance, [])).toBe(true)
  expect(
    hasTags(instance, [
      ['Env', 'prod'],
      ['Name', 'web-1'],
    ]),
  ).toBe(true)
  expect(
    hasTags(instance, [
      ['Env', 'prod'],
      ['Name', 'web'],
    ]),
  ).toBe(false)
  expect(hasTags(instance, [['toString', 'x']])).toBe(false)
})
