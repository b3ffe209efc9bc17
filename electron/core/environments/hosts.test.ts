import { expect, test } from 'vitest'
import type { Instance } from '../../../shared/model/instance'
import { chooseHost, countHosts, namedHost, type HostChoice } from './hosts'

function instance(number: number, more: Partial<Instance> = {}): Instance {
  return {
    id: `i-0000000${number}`,
    kind: 'ec2',
    name: `web-${number}`,
    tags: {},
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
    ...more,
  }
}

function choice(members: readonly Instance[], more: Partial<HostChoice> = {}): HostChoice {
  return {
    hosts: 'Name=web-*',
    members,
    choice: 'random',
    region: 'eu-west-1',
    last: undefined,
    avoid: [],
    random: () => 0,
    notices: [],
    ...more,
  }
}

const [one, two, three] = [
  instance(1, { launchedAt: 100 }),
  instance(2, { launchedAt: 300 }),
  instance(3, { launchedAt: 200 }),
]
const stopped = instance(4, { state: 'stopped', launchedAt: 900 })
const offline = instance(5, { agent: { kind: 'offline' }, launchedAt: 900 })
const unmanaged = instance(6, { agent: { kind: 'unmanaged' }, launchedAt: 900 })
const all = [stopped, one, offline, two, unmanaged, three]

test('at random every good host can be chosen, and no other', () => {
  const chosen = [0, 0.34, 0.99].map((value) => chooseHost(choice(all, { random: () => value })))
  expect(chosen).toEqual([one, two, three])
  expect(countHosts(all)).toEqual({ good: 3, all: 6 })
})

test('sticky is the last host while it is good, then another one', () => {
  expect(chooseHost(choice(all, { choice: 'sticky', last: three.id }))).toBe(three)
  expect(chooseHost(choice(all, { choice: 'sticky', last: stopped.id }))).toBe(one)
  expect(chooseHost(choice(all, { choice: 'sticky', last: undefined }))).toBe(one)
  expect(chooseHost(choice(all, { last: three.id }))).toBe(one)
})

test('newest is the good host that was launched last; hosts whose launch is not known come after the others', () => {
  expect(chooseHost(choice(all, { choice: 'newest' }))).toBe(two)
  expect(chooseHost(choice([instance(7), one], { choice: 'newest' }))).toBe(one)
  expect(chooseHost(choice([instance(8), instance(7)], { choice: 'newest' })).id).toBe('i-00000007')
})

test('the host that was out of reach is chosen only where there is no other', () => {
  for (const kind of ['random', 'newest', 'sticky'] as const) {
    const { id } = chooseHost(choice([one, two], { choice: kind, last: two.id, avoid: [two.id] }))
    expect(id, kind).toBe(one.id)
  }
  expect(chooseHost(choice([one], { avoid: [one.id] }))).toBe(one)
})

test('a set without a good host says which hosts it has and why each is not good', () => {
  expect(() => chooseHost(choice([stopped, offline, unmanaged]))).toThrow(
    'None of the 3 hosts of Name=web-* can be chosen: web-4 (i-00000004) is stopped; ' +
      'web-5 (i-00000005) runs, its agent is offline; ' +
      'web-6 (i-00000006) runs, Systems Manager knows no agent on it. Start an instance, or its SSM agent.',
  )
  expect(() => chooseHost(choice([stopped]))).toThrow('The only host of Name=web-* cannot be chosen: web-4')
  expect(() => chooseHost(choice([], { notices: ['EC2 is denied.'] }))).toThrow(
    'No instance in eu-west-1 belongs to Name=web-*. Check the set, the region and the account. The list is not whole: EC2 is denied.',
  )
  const many = Array.from({ length: 13 }, () => stopped)
  expect(() => chooseHost(choice(many))).toThrow(/: (web-4 \(i-00000004\) is stopped; ){10}and 3 more\./)
})

test('a named host must belong to the set, and may be in any state', () => {
  expect(namedHost(choice(all), stopped.id)).toBe(stopped)
  expect(() => namedHost(choice([one, two]), 'i-9')).toThrow(
    'i-9 is not a host of Name=web-*. It has web-1 (i-00000001); web-2 (i-00000002). Name one of them, or none.',
  )
})
