import { expect, test } from 'vitest'
import { forwardView } from '../../e2e/kit/window/pagecore'
import type { ForwardTarget, ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import { listRows } from './listing'
import { BY_SETS, setGroups, useWords } from './setgroups'

function instance(id: string, name: string, change: Partial<Instance> = {}): Instance {
  return { id, kind: 'ec2', name, tags: {}, platform: 'linux', state: 'running', agent: { kind: 'online' }, ...change }
}

const scaling = { 'aws:autoscaling:groupName': 'fleet' }
const items = [
  instance('i-1', 'web-1', { tags: scaling }),
  instance('i-2', 'web-2', { state: 'stopped' }),
  instance('i-3', 'db'),
]
const set = { hosts: 'Name=web-*', choice: 'random' } as const
const targets = [
  { id: 't2', name: 'empty', environment: { kind: 'demo' }, set: { hosts: 'Name=none', choice: 'random' } },
  { id: 't1', name: 'all web', environment: { kind: 'demo' }, set },
] as const
const groups = setGroups(items, targets)

function lines(filter = '', folded: readonly string[] = []): readonly string[] {
  const rows = listRows(items, { filter, groupTag: BY_SETS, sets: groups, folded: new Set(folded) })
  return rows.map((row) =>
    row.kind === 'group' ? `${row.set?.label ?? row.value}: ${row.onlineCount} of ${row.count}` : row.instance.name,
  )
}

test('saved targets and groups are listed with their good hosts, an instance in each of its sets, the rest last', () => {
  expect(lines()).toEqual([
    'all web: 1 of 2',
    'web-1',
    'web-2',
    'empty: 0 of 0',
    'fleet: 1 of 1',
    'web-1',
    ': 1 of 1',
    'db',
  ])
  expect(lines('', [groups[0]?.key ?? ''])[1]).toBe('empty: 0 of 0')
  // While a filter is typed, only what matches counts.
  expect(lines('web-2')).toEqual(['all web: 0 of 1', 'web-2'])
})

test('a group says which host each of its forwards uses', () => {
  const on = (name: string, target: ForwardTarget, change: Partial<ForwardView>): ForwardView => {
    const view = forwardView(name)
    return { ...view, forward: { ...view.forward, target }, ...change }
  }
  const forwards = [
    on('orders', { kind: 'saved', targetId: 't1' }, { isOn: true, instance: { id: 'i-1', name: 'web-1' } }),
    on('reports', { kind: 'set', set: { ...set, choice: 'newest' } }, {}),
    on('other', { kind: 'set', set: { hosts: 'Name=db', choice: 'random' } }, {}),
    on('new', { kind: 'set', set: { hosts: 'asg:fleet', choice: 'random' } }, { isOn: true }),
  ]
  expect(groups.map((group) => useWords(group, forwards, items))).toEqual([
    'orders uses web-1, reports is off',
    '',
    'new looks for a host',
  ])
})
