import { expect, test } from 'vitest'
import type { Instance } from '../../../../shared/model/instance'
import { chooseTargets, typedSet } from './setchoices'

function instance(id: string, name: string, change: Partial<Instance> = {}): Instance {
  return { id, kind: 'ec2', name, tags: {}, platform: 'linux', state: 'running', agent: { kind: 'online' }, ...change }
}

const group = { 'aws:autoscaling:groupName': 'fleet' }
const instances = [
  instance('i-0000000000000001', 'web-1'),
  instance('i-0000000000000002', 'web-1', { state: 'stopped' }),
  instance('i-0000000000000003', 'web-2', { tags: group }),
  instance('i-0000000000000004', 'worker', { tags: group }),
]
const targets = [
  { id: 't1', name: 'all web', environment: { kind: 'demo' }, set: { hosts: 'Name=web-*', choice: 'sticky' } },
] as const

function labels(text: string): readonly string[] {
  return chooseTargets({ instances, targets }, text, 0).items.map(({ label, counts = '' }) =>
    `${label} ${counts}`.trim(),
  )
}

test('saved targets come first, then groups, then instances, with any of those that share a Name above the first of them', () => {
  expect(labels('')).toEqual([
    'all web saved target, 3 hosts, 2 good',
    'fleet Auto Scaling group, 2 hosts, 2 good',
    'Any of 2 named web-1 2 hosts, 1 good',
    'web-1',
    'web-2',
    'worker',
    'web-1',
  ])
  expect(labels('worker')).toEqual(['worker'])
  expect(labels('ALL')).toEqual(['all web saved target, 3 hosts, 2 good'])
})

test('a set that is typed is offered with its counts, and its hosts one by one', () => {
  expect(labels('Name=web-2*')).toEqual(['Name=web-2* 1 host, 1 good', 'web-2'])
  // A star makes a Name a set.
  expect(labels('wor*')).toEqual(['Name=wor* 1 host, 1 good', 'worker'])
  expect(labels('asg:none')).toEqual(['asg:none no host'])
})

test('a malformed set shows its problem and offers nothing', () => {
  expect(chooseTargets({ instances, targets }, 'tag:Role', 0)).toMatchObject({
    items: [],
    problem: expect.stringContaining('Role=VALUE'),
  })
})

test('only a text that is a well-formed set is chosen without a press on an offer', () => {
  expect(typedSet(' tag:Env=prod ', 'newest')).toEqual({
    kind: 'set',
    set: { hosts: 'tag:Env=prod', choice: 'newest' },
  })
  for (const text of ['web-1', 'tag:Role', '', 'i-0000000000000001', 'web * db'])
    expect(typedSet(text, 'random')).toBeUndefined()
})
