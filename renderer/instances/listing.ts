// Which instances are shown in which order: filter, groups and rows. Pure.

import type { Instance } from '../../shared/model'

/** The group of those that do not have the tag. */
const WITHOUT = ''

/** A line of the list: the head of a group, or an instance. */
export type ListRow =
  | {
      readonly kind: 'group'
      /** The tag's value; "" for those that do not have the tag. */
      readonly value: string
      readonly count: number
      readonly onlineCount: number
      readonly isOpen: boolean
    }
  | { readonly kind: 'instance'; readonly instance: Instance }

/** How the list is wanted. */
export interface Listing {
  /** Words that must all occur, in any place and any case. */
  readonly filter: string
  /** The tag to group by; "" for one list. */
  readonly groupTag: string
  /** The values of the groups that are folded. */
  readonly folded: ReadonlySet<string>
}

function textOf(instance: Instance): string {
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

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** By name as a person counts (web-2 before web-10), then by id; the nameless last. */
function compare(a: Instance, b: Instance): number {
  if ((a.name === '') !== (b.name === '')) return a.name === '' ? 1 : -1
  return collator.compare(a.name, b.name) || collator.compare(a.id, b.id)
}

function isOnline({ state, agent }: Instance): boolean {
  return state === 'running' && agent.kind === 'online'
}

/** The lines of the list. Groups in the order of their names, those without the tag last; a folded group shows its head. */
export function listRows(instances: readonly Instance[], listing: Listing): readonly ListRow[] {
  const { filter, groupTag, folded } = listing
  const shown = [...filterInstances(instances, filter)].sort(compare)
  if (groupTag === '') return shown.map((instance) => ({ kind: 'instance', instance }))
  const groups = new Map<string, Instance[]>()
  for (const instance of shown) {
    const value = instance.tags[groupTag] ?? WITHOUT
    const members = groups.get(value)
    if (members === undefined) groups.set(value, [instance])
    else members.push(instance)
  }
  const values = [...groups.keys()].sort((a, b) => {
    if ((a === WITHOUT) !== (b === WITHOUT)) return a === WITHOUT ? 1 : -1
    return collator.compare(a, b)
  })
  return values.flatMap((value): ListRow[] => {
    const members = groups.get(value) ?? []
    const isOpen = !folded.has(value)
    const head: ListRow = {
      kind: 'group',
      value,
      count: members.length,
      onlineCount: members.filter(isOnline).length,
      isOpen,
    }
    return [head, ...(isOpen ? members.map((instance): ListRow => ({ kind: 'instance', instance })) : [])]
  })
}

/** The tags that occur, but for the name, which every row shows. */
export function tagKeys(instances: readonly Instance[]): readonly string[] {
  const keys = new Set(instances.flatMap(({ tags }) => Object.keys(tags)))
  keys.delete('Name')
  return [...keys].sort(collator.compare)
}

/** The names that several instances bear: their ids must tell them apart. */
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
