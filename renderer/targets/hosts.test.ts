import { expect, test } from 'vitest'
import { forwardView } from '../../e2e/kit/window/pagecore'
import type { Instance } from '../../shared/model/instance'
import { anyNamed, countsWords, hostsOf, namesWords, previewWords, setOfTarget, usersOf } from './hosts'

function host(id: string, name: string, change: Partial<Instance> = {}): Instance {
  return { id, kind: 'ec2', name, tags: {}, platform: 'linux', state: 'running', agent: { kind: 'online' }, ...change }
}

const instances = [
  host('i-0000000000000003', 'web-3', { state: 'stopped' }),
  host('i-0000000000000010', 'web-10'),
  host('i-0000000000000002', 'web-2'),
  host('i-0000000000000001', 'db'),
]

test('a preview says how many hosts are good, which ones, and why the others are not', () => {
  const hosts = hostsOf('Name=web-*', instances)
  expect(countsWords(hosts)).toBe('3 hosts, 2 good')
  expect(previewWords(hosts, instances, 0)).toBe('3 hosts, 2 good: web-2, web-10. Not good: web-3 (stopped).')
  expect(previewWords(hostsOf('Name=nothing', instances), instances, 0)).toContain('No listed instance')
  expect(countsWords(hostsOf('Name=db', instances))).toBe('1 host, 1 good')
})

test('a long set names a few hosts, and two of one name by the end of their ids', () => {
  const many = Array.from({ length: 9 }, (_, index) => host(`i-000000000000a${index}00`, 'web'))
  expect(previewWords(hostsOf('Name=web', many), many, 0)).toBe(
    '9 hosts, 9 good: web …a000, web …a100, web …a200 and 6 more.',
  )
})

test('a text that is no set has no hosts', () => {
  expect(hostsOf('tag:Role', instances)).toEqual({ good: [], bad: [] })
})

test('the set of all instances with a Name matches exactly that Name, also one with signs of the grammar', () => {
  const odd = [host('i-0000000000000001', 'a*b,c=d'), host('i-0000000000000002', 'axxb,c=d')]
  expect(hostsOf(anyNamed('a*b,c=d').hosts, odd).good.map(({ id }) => id)).toEqual(['i-0000000000000001'])
})

test('the users of a saved target are the forwards that name it, and its set is found by its id', () => {
  const set = { hosts: 'Name=web-*', choice: 'sticky' } as const
  const target = { id: 't1', name: 'web', environment: { kind: 'demo' }, set } as const
  const on = (name: string, targetId: string) => {
    const view = forwardView(name)
    return { ...view, forward: { ...view.forward, target: { kind: 'saved', targetId } as const } }
  }
  const forwards = [on('a', 't1'), on('b', 't2'), forwardView('c')]
  expect(usersOf('t1', forwards).map(({ forward }) => forward.name)).toEqual(['a'])
  expect(setOfTarget({ kind: 'saved', targetId: 't1' }, [target])).toBe(set)
  expect(setOfTarget({ kind: 'saved', targetId: 't2' }, [target])).toBeUndefined()
  expect(setOfTarget({ kind: 'id', instanceId: 'i-1' }, [target])).toBeUndefined()
})

test('names are joined by commas and a last "and"', () => {
  expect(namesWords(['a'])).toBe('a')
  expect(namesWords(['a', 'b'])).toBe('a and b')
  expect(namesWords(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
})
