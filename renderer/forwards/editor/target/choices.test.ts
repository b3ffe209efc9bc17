import { expect, test } from 'vitest'
import type { Instance } from '../../../../shared/model/instance'
import { chooseInstances, instancesOf, nameAdvice, nameSource, targetLabel } from './choices'

function instance(id: string, name: string, change: Partial<Instance> = {}): Instance {
  return { id, kind: 'ec2', name, tags: {}, platform: 'linux', state: 'running', agent: { kind: 'online' }, ...change }
}

const instances = [
  instance('i-0000000000000010', 'web-10', { tags: { env: 'prod' } }),
  instance('i-0000000000000002', 'web-2', { tags: { env: 'staging' }, privateIp: '10.0.0.2' }),
  instance('i-0000000000000001', 'api-1', { agent: { kind: 'offline' } }),
  instance('i-0000000000000003', ''),
  instance('i-0000000000000004', 'web-2'),
]

function labels(text: string): readonly string[] {
  return chooseInstances(instances, text, 0).items.map(({ label, id }) => `${label} ${id.slice(-2)}`.trim())
}

test('online instances come first, names are in natural order, and every typed word must match', () => {
  expect(labels('')).toEqual(['i-0000000000000003', 'web-2 02', 'web-2 04', 'web-10 10', 'api-1 01'])
  expect(labels('WEB prod')).toEqual(['web-10 10'])
  expect(labels('10.0.0.2')).toEqual(['web-2 02'])
  expect(labels('nothing')).toEqual([])
})

test('an id that is not listed is offered; a listed one is not offered twice', () => {
  expect(labels('i-0123456789abcdef0')).toEqual(['i-0123456789abcdef0 st'])
  expect(labels('i-0000000000000001')).toEqual(['api-1 01'])
})

test('a long list is cut, and the number of the other instances is given', () => {
  const many = Array.from({ length: 400 }, (_, index) => instance(`i-${index}`, `node-${index}`))
  const { items, moreCount } = chooseInstances(many, '', 0)
  expect(items.length + moreCount).toBe(400)
  expect(moreCount).toBeGreaterThan(0)
  expect(chooseInstances(many, 'node-399', 0)).toMatchObject({ items: [{ label: 'node-399' }], moreCount: 0 })
})

test('the label of a target is the name of its instance, and the advice counts the instances with that Name', () => {
  expect(targetLabel({ kind: 'id', instanceId: 'i-0000000000000002' }, instances)).toBe('web-2')
  expect(targetLabel({ kind: 'id', instanceId: 'i-gone' }, instances)).toBe('i-gone')
  expect(nameAdvice({ kind: 'id', instanceId: 'i-0000000000000002' }, instances)).toEqual({
    name: 'web-2',
    bearerCount: 2,
  })
  expect(nameAdvice({ kind: 'name', name: 'db' }, instances)).toEqual({ name: 'db', bearerCount: 0 })
  expect(nameAdvice({ kind: 'id', instanceId: 'i-0000000000000003' }, instances)).toBeUndefined()
})

test('the label of a set is its text, that of a saved target its name; a proposed name has no signs of the grammar', () => {
  const set = { kind: 'set', set: { hosts: 'Name=web-*', choice: 'random' } } as const
  const saved = { id: 't1', name: 'all web', environment: { kind: 'demo' }, set: set.set } as const
  expect(targetLabel(set, instances)).toBe('Name=web-*')
  expect(targetLabel({ kind: 'saved', targetId: 't1' }, instances, [saved])).toBe('all web')
  expect(instancesOf({ kind: 'saved', targetId: 't1' }, instances, [saved]).map(({ id }) => id.slice(-2))).toEqual([
    '10',
    '02',
    '04',
  ])
  expect(nameAdvice(set, instances)).toBeUndefined()
  const source = (hosts: string): string =>
    nameSource({ kind: 'set', set: { hosts, choice: 'random' } }, instances, [saved])
  expect(source('Name=web-*')).toBe('web')
  expect(source('tag:Role=db,Env=prod')).toBe('db-prod')
  expect(source('asg:fleet-*-blue')).toBe('fleet-blue')
  const listed = [instance('i-00000001', 'web-10'), instance('i-00000002', 'db')]
  const ids = { kind: 'set', set: { hosts: 'i-00000002,i-00000001', choice: 'random' } } as const
  expect(nameSource(ids, listed, [])).toBe('web-10')
})
