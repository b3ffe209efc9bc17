// Which instances are shown and in which order: filter, groups and rows. Pure.

import type { Instance } from '../../shared/model/instance'
import { agentWords } from '../../shared/status'
import { isGoodHost } from '../../shared/targetset'
import { compareNames } from '../order'
import { BY_SETS, membersOfGroups, type SetGroup } from './setgroups'

/** The group of instances without the tag. */
const WITHOUT = ''

/** A line of the list: a group header or an instance. */
export type ListRow =
  | {
      readonly kind: 'group'
      /** The tag's value; "" for instances without the tag. */
      readonly value: string
      readonly count: number
      readonly onlineCount: number
      readonly isOpen: boolean
      /** Present in a list that is grouped by sets, except for the instances that are in none. */
      readonly set?: SetGroup
    }
  /** `group`: the value of its group in a list that is grouped by sets, where an instance can be in several groups. */
  | { readonly kind: 'instance'; readonly instance: Instance; readonly group?: string }

/** The columns that the list can be sorted by. */
const SORT_COLUMNS = ['name', 'environment', 'id', 'state', 'address', 'agent'] as const

/** A column that the list can be sorted by. */
export type SortColumn = (typeof SORT_COLUMNS)[number]

/** A sort order of the list. */
export interface Sort {
  readonly column: SortColumn
  readonly direction: 'ascending' | 'descending'
}

/** The default order. */
export const BY_NAME: Sort = { column: 'name', direction: 'ascending' }

/** Whether a value names a column that the list can be sorted by. */
export function isSortColumn(value: unknown): value is SortColumn {
  return SORT_COLUMNS.some((column) => column === value)
}

/** The order after a press on a column header: ascending by that column, or reversed if the list is already sorted by it. */
export function sortedBy(column: SortColumn, present: Sort): Sort {
  const isTurned = present.column === column && present.direction === 'ascending'
  return { column, direction: isTurned ? 'descending' : 'ascending' }
}

/** How to list the instances. */
export interface Listing {
  /** Words that must all occur, anywhere and ignoring case. */
  readonly filter: string
  /** The tag to group by; "" for one list. `BY_SETS`: by `sets`. */
  readonly groupTag: string
  readonly sets?: readonly SetGroup[]
  /** The tag values of the folded groups. */
  readonly folded: ReadonlySet<string>
  /** The order within each group. Default: by name. */
  readonly sort?: Sort
  /** The tag that the "environment" column shows. */
  readonly environmentTag?: string | undefined
}

/** The texts that a filter looks in, in lower case. Each is kept for as long as its instance is: a keystroke compares all of them. */
const texts = new WeakMap<Instance, string>()

function textOf(instance: Instance): string {
  const known = texts.get(instance)
  if (known !== undefined) return known
  const text = madeText(instance)
  texts.set(instance, text)
  return text
}

function madeText(instance: Instance): string {
  const { name, id, tags, privateIp = '', platform, state } = instance
  const tagTexts = Object.entries(tags).map(([key, value]) => `${key}:${value}`)
  return [name, id, privateIp, platform, state, instance.agent.kind, ...tagTexts].join('\n').toLowerCase()
}

/** The instances that match every word of the filter: in name, id, address, platform, state, or a tag as `key:value`. */
export function filterInstances(instances: readonly Instance[], filter: string): readonly Instance[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return instances
  return instances.filter((instance) => {
    const text = textOf(instance)
    return words.every((word) => text.includes(word))
  })
}

function cellOf(instance: Instance, column: SortColumn, environmentTag: string | undefined): string {
  switch (column) {
    case 'name':
      return instance.name
    case 'environment':
      return environmentTag === undefined ? '' : (instance.tags[environmentTag] ?? '')
    case 'id':
      return instance.id
    case 'state':
      return agentWords(instance, 0).word
    case 'address':
      return instance.privateIp ?? ''
    case 'agent':
      return instance.agentVersion ?? ''
  }
}

/** Natural order (web-2 before web-10); empty cells come last in both directions. */
function compareCells(a: string, b: string, sign: number): number {
  if ((a === '') !== (b === '')) return a === '' ? 1 : -1
  return sign * compareNames(a, b)
}

/** The instances of a list in an order. */
interface Ordered extends Sort {
  readonly environmentTag: string | undefined
  readonly instances: readonly Instance[]
}

/** The last order of each list: a keystroke of the filter changes which instances are shown, and not their order. */
const orders = new WeakMap<readonly Instance[], Ordered>()

/** The instances in the given order; equal ones by name, then by id. */
function sortInstances(instances: readonly Instance[], listing: Listing): readonly Instance[] {
  const { sort = BY_NAME, environmentTag } = listing
  const { column, direction } = sort
  const known = orders.get(instances)
  if (known?.column === column && known.direction === direction && known.environmentTag === environmentTag)
    return known.instances
  const sign = direction === 'ascending' ? 1 : -1
  const sorted = instances
    .map((instance) => ({ instance, cell: cellOf(instance, column, environmentTag) }))
    .sort(
      (a, b) =>
        compareCells(a.cell, b.cell, sign) ||
        compareCells(a.instance.name, b.instance.name, 1) ||
        compareNames(a.instance.id, b.instance.id),
    )
    .map(({ instance }) => instance)
  orders.set(instances, { column, direction, environmentTag, instances: sorted })
  return sorted
}

/**
 * The lines of the list. Groups are sorted by name, the group without the tag is last; a folded group shows its header only.
 */
export function listRows(instances: readonly Instance[], listing: Listing): readonly ListRow[] {
  const { filter, groupTag, folded } = listing
  const shown = filterInstances(sortInstances(instances, listing), filter)
  if (groupTag === '') return shown.map((instance) => ({ kind: 'instance', instance }))
  if (groupTag === BY_SETS) return setRows(shown, listing)
  const groups = new Map<string, Instance[]>()
  for (const instance of shown) {
    const value = instance.tags[groupTag] ?? WITHOUT
    const members = groups.get(value)
    if (members === undefined) groups.set(value, [instance])
    else members.push(instance)
  }
  const values = [...groups.keys()].sort((a, b) => {
    if ((a === WITHOUT) !== (b === WITHOUT)) return a === WITHOUT ? 1 : -1
    return compareNames(a, b)
  })
  return values.flatMap((value): readonly ListRow[] => {
    const members = groups.get(value) ?? []
    const isOpen = !folded.has(value)
    const head = headOf(value, members, isOpen)
    return [head, ...(isOpen ? members.map((instance): ListRow => ({ kind: 'instance', instance })) : [])]
  })
}

function headOf(value: string, members: readonly Instance[], isOpen: boolean): Extract<ListRow, { kind: 'group' }> {
  const onlineCount = members.filter(isGoodHost).length
  return { kind: 'group', value, count: members.length, onlineCount, isOpen }
}

/** The lines by sets. While a filter is typed, a set without a matching host is left out. The instances in no set come last. */
function setRows(shown: readonly Instance[], { filter, sets = [], folded }: Listing): readonly ListRow[] {
  const { of, others } = membersOfGroups(sets, shown)
  const linesOf = (value: string, members: readonly Instance[], set?: SetGroup): readonly ListRow[] => {
    const isOpen = !folded.has(value)
    const head = { ...headOf(value, members, isOpen), ...(set === undefined ? {} : { set }) }
    return [head, ...(isOpen ? members.map((instance): ListRow => ({ kind: 'instance', instance, group: value })) : [])]
  }
  return [
    ...sets.flatMap((set) => {
      const members = of.get(set.key) ?? []
      return members.length === 0 && filter.trim() !== '' ? [] : linesOf(set.key, members, set)
    }),
    ...(others.length === 0 ? [] : linesOf(WITHOUT, others)),
  ]
}

/** How many instances the lines contain, including those of folded groups. An instance in several sets is counted in each. */
export function countShown(rows: readonly ListRow[]): number {
  const heads = rows.filter((row) => row.kind === 'group')
  return heads.length === 0 ? rows.length : heads.reduce((sum, { count }) => sum + count, 0)
}

/** The most characters that a column needs, so that it takes no more space than that. */
export function widestOf(instances: readonly Instance[], environmentTag: string | undefined, nowAt: number): Widths {
  let environment = 0
  let state = 0
  for (const instance of instances) {
    const { word, detail = '' } = agentWords(instance, nowAt)
    state = Math.max(state, word.length + (detail === '' ? 0 : 1 + detail.length))
    if (environmentTag !== undefined) {
      environment = Math.max(environment, instance.tags[environmentTag]?.length ?? 0, environmentTag.length)
    }
  }
  return { environment: Math.min(environment, MAX_ENVIRONMENT), state }
}

/** Widths in characters. */
export interface Widths {
  readonly environment: number
  readonly state: number
}

/** Longer tag values are cut: they would take the space of the names. */
const MAX_ENVIRONMENT = 24

const ENVIRONMENT_TAGS: readonly string[] = ['env', 'environment', 'stage']

/** The tag that names the environment, in its most frequent spelling; undefined if no instance has one. */
export function environmentTagOf(instances: readonly Instance[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { tags } of instances) {
    for (const key of Object.keys(tags)) {
      if (ENVIRONMENT_TAGS.includes(key.toLowerCase())) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  const [first] = [...counts].sort(([, a], [, b]) => b - a)
  return first?.[0]
}

/** All tag keys except the name, which every row shows. */
export function tagKeys(instances: readonly Instance[]): readonly string[] {
  const keys = new Set(instances.flatMap(({ tags }) => Object.keys(tags)))
  keys.delete('Name')
  return [...keys].sort(compareNames)
}

/** The names that several instances share: their ids must tell them apart. */
export function sharedNames(instances: readonly Instance[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const shared = new Set<string>()
  for (const { name } of instances) {
    if (name !== '' && seen.has(name)) shared.add(name)
    seen.add(name)
  }
  return shared
}

/** "8 instances, 5 online". */
export function countWords(count: number, onlineCount: number): string {
  return `${count} ${count === 1 ? 'instance' : 'instances'}, ${onlineCount} online`
}
