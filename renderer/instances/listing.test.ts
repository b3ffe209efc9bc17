import { expect, test } from 'vitest'
import type { Instance } from '../../shared/model/instance'
import {
  BY_NAME,
  countShown,
  environmentTagOf,
  filterInstances,
  listRows,
  sharedNames,
  sortedBy,
  tagKeys,
  widestOf,
  type ListRow,
  type SortColumn,
} from './listing'

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

test('without a tag there is one list in natural order, with instances without a name last', () => {
  const rows = listRows(fleet, { filter: '', groupTag: '', folded: new Set() })
  expect(say(rows)).toEqual(['i-db', 'i-web-2', 'i-web-10', 'i-0nameless'])
})

test('groups count the online instances, are sorted regardless of case, and instances without the tag come last', () => {
  const rows = listRows(fleet, { filter: '', groupTag: 'Env', folded: new Set(['Staging']) })
  expect(say(rows)).toEqual([
    'prod: 2/1 true',
    'i-web-2',
    'i-web-10',
    // A stopped instance is not online, whatever its agent last reported.
    'Staging: 1/0 false',
    ': 1/1 true',
    'i-0nameless',
  ])
})

test('a filter leaves no empty groups', () => {
  const rows = listRows(fleet, { filter: 'db', groupTag: 'Env', folded: new Set() })
  expect(say(rows)).toEqual(['Staging: 1/0 true', 'i-db'])
})

test('instances can be grouped by every tag that occurs except Name', () => {
  expect(tagKeys([...fleet, instance('x', { tags: { Name: 'x', 'aws:autoscaling:groupName': 'g' } })])).toEqual([
    'aws:autoscaling:groupName',
    'Env',
    'Role',
  ])
})

test('only names that several instances have are shared; an empty name is never shared', () => {
  expect([...sharedNames([instance('a'), instance('b'), instance('a'), instance(''), instance('')])]).toEqual(['a'])
})

test('every column sorts in both directions, and empty cells come last in both', () => {
  const sorted = (column: SortColumn, direction: 'ascending' | 'descending'): readonly string[] =>
    say(
      listRows(sortable, {
        filter: '',
        groupTag: '',
        folded: new Set(),
        sort: { column, direction },
        environmentTag: 'Env',
      }),
    )
  const sortable = [
    instance('a', { privateIp: '10.0.0.10', agentVersion: '3.3.987.0', tags: { Env: 'prod' } }),
    instance('b', { privateIp: '10.0.0.9', agentVersion: '3.3.1957.0', tags: { Env: 'dev' }, state: 'stopped' }),
    instance('c'),
  ]
  for (const [column, ascending] of [
    ['name', ['i-a', 'i-b', 'i-c']],
    ['id', ['i-a', 'i-b', 'i-c']],
  ] as const) {
    expect([sorted(column, 'ascending'), sorted(column, 'descending')]).toEqual([ascending, ascending.toReversed()])
  }
  for (const column of ['address', 'environment'] as const) {
    expect([column, sorted(column, 'ascending'), sorted(column, 'descending')]).toEqual([
      column,
      ['i-b', 'i-a', 'i-c'],
      ['i-a', 'i-b', 'i-c'],
    ])
  }
  // 3.3.987 is older than 3.3.1957.
  expect(sorted('agent', 'ascending')).toEqual(['i-a', 'i-b', 'i-c'])
  // Equal instances stay sorted by name, in both directions.
  expect([sorted('state', 'ascending'), sorted('state', 'descending')]).toEqual([
    ['i-a', 'i-c', 'i-b'],
    ['i-b', 'i-a', 'i-c'],
  ])
})

test('a press on a column header sorts by it, and a second press reverses the order', () => {
  const once = sortedBy('state', BY_NAME)
  expect([once, sortedBy('state', once), sortedBy('state', sortedBy('state', once))]).toEqual([
    { column: 'state', direction: 'ascending' },
    { column: 'state', direction: 'descending' },
    { column: 'state', direction: 'ascending' },
  ])
  expect(sortedBy('name', once)).toEqual(BY_NAME)
})

test('the count of instances includes those of folded groups', () => {
  const count = (groupTag: string): number =>
    countShown(listRows(fleet, { filter: '', groupTag, folded: new Set(['prod']) }))
  expect([count(''), count('Env')]).toEqual([4, 4])
})

test('the tag of environments is found in the spelling that most instances have', () => {
  const tagged = (key: string): Instance => instance(key, { tags: { [key]: 'x', Role: 'web' } })
  expect(environmentTagOf([tagged('environment'), tagged('Env'), tagged('Env')])).toBe('Env')
  expect(environmentTagOf([tagged('ENVIRONMENT')])).toBe('ENVIRONMENT')
  expect(environmentTagOf([tagged('Environs')])).toBeUndefined()
})

test('a column is as wide as its widest text, up to a limit for tags', () => {
  const tagged = (Env: string): Instance => instance('a', { tags: { Env } })
  expect(widestOf([tagged('prod')], 'Env', 0)).toEqual({ environment: 4, state: 'Online'.length })
  expect(widestOf([tagged('p')], 'Env', 0).environment).toBe('Env'.length)
  expect(widestOf([tagged('x'.repeat(200))], 'Env', 0).environment).toBe(24)
  const offline = instance('b', { agent: { kind: 'offline', lastPingAt: 0 } })
  expect(widestOf([offline], undefined, 3 * 86_400_000)).toEqual({
    environment: 0,
    state: 'Agent offline 3 days'.length,
  })
})
