import { expect, test } from 'vitest'
import type { Instance } from '../../shared/model'
import { filterInstances, listRows, sharedNames, tagKeys, type ListRow } from './listing'

function instance(name: string, change: Partial<Instance> = {}): Instance {
  return {
    id: `i-${name}`,
    kind: 'ec2',
    name,
    tags: {},
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
    ...change,
  }
}

const fleet = [
  instance('web-10', { tags: { Env: 'prod', Role: 'web' }, privateIp: '10.0.0.10' }),
  instance('web-2', { tags: { Env: 'prod', Role: 'web' }, agent: { kind: 'unmanaged' } }),
  instance('', { id: 'i-0nameless' }),
  instance('db', { tags: { Env: 'Staging' }, state: 'stopped' }),
]

function say(rows: readonly ListRow[]): readonly string[] {
  return rows.map((row) =>
    row.kind === 'group' ? `${row.value}: ${row.count}/${row.onlineCount} ${row.isOpen}` : row.instance.id,
  )
}

test('every word of the filter must occur somewhere, in any case', () => {
  const found = (filter: string): readonly string[] => filterInstances(fleet, filter).map(({ id }) => id)
  expect(found('  ')).toHaveLength(4)
  expect(found('PROD web')).toEqual(['i-web-10', 'i-web-2'])
  expect(found('env:prod 10.0.0')).toEqual(['i-web-10'])
  expect(found('i-0name')).toEqual(['i-0nameless'])
  expect(found('stopped')).toEqual(['i-db'])
  expect(found('prod nothing')).toEqual([])
})

test('without a tag there is one list, counted as people count, the nameless last', () => {
  const rows = listRows(fleet, { filter: '', groupTag: '', folded: new Set() })
  expect(say(rows)).toEqual(['i-db', 'i-web-2', 'i-web-10', 'i-0nameless'])
})

test('groups tell how many are online, keep their order in any case, and those without the tag come last', () => {
  const rows = listRows(fleet, { filter: '', groupTag: 'Env', folded: new Set(['Staging']) })
  expect(say(rows)).toEqual([
    'prod: 2/1 true',
    'i-web-2',
    'i-web-10',
    // A stopped machine is not online, whatever its agent said last.
    'Staging: 1/0 false',
    ': 1/1 true',
    'i-0nameless',
  ])
})

test('a filter leaves no empty groups', () => {
  const rows = listRows(fleet, { filter: 'db', groupTag: 'Env', folded: new Set() })
  expect(say(rows)).toEqual(['Staging: 1/0 true', 'i-db'])
})

test('a machine can be grouped by every tag that occurs but its name', () => {
  expect(tagKeys([...fleet, instance('x', { tags: { Name: 'x', 'aws:autoscaling:groupName': 'g' } })])).toEqual([
    'aws:autoscaling:groupName',
    'Env',
    'Role',
  ])
})

test('only names that several bear are shared, and no name is not a name', () => {
  expect([...sharedNames([instance('a'), instance('b'), instance('a'), instance(''), instance('')])]).toEqual(['a'])
})
