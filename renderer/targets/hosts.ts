// The hosts of a set among the listed instances, in numbers and words. Pure.
//
// Only listed instances are counted. The core asks AWS again when it chooses a host, so its count can differ.

import { shownName } from '../../shared/foreigntext'
import type { ForwardTarget, ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { agentWords, instanceLabel } from '../../shared/status'
import { formatSet, isGoodHost, membersOf, type SetChoice, type TargetSet } from '../../shared/targetset'
import { compareNames } from '../order'

/** The hosts of a set: `good` can be chosen now, `bad` not. Each sorted by name and id. */
export interface SetHosts {
  readonly good: readonly Instance[]
  readonly bad: readonly Instance[]
}

/** The most hosts that a preview names. */
const MAX_NAMED = 3

/** How a host is chosen, as a choice between three. */
export const CHOICE_LABELS: Readonly<Record<SetChoice, string>> = {
  random: 'Any good one, at random',
  sticky: 'The last one used, while it is good',
  newest: 'The one launched last',
}

/** How a host is chosen, worded to follow a set. */
export const CHOICE_WORDS: Readonly<Record<SetChoice, string>> = {
  random: 'a random host',
  sticky: 'the last host used',
  newest: 'the newest host',
}

/** The hosts of a set given as text; none for a malformed text. */
export function hostsOf(hosts: string, instances: readonly Instance[]): SetHosts {
  const members = membersOf(hosts, instances).toSorted(
    (a, b) => compareNames(a.name, b.name) || compareNames(a.id, b.id),
  )
  return { good: members.filter(isGoodHost), bad: members.filter((host) => !isGoodHost(host)) }
}

/** "1 host", "3 hosts". */
export function hostCount(count: number): string {
  return count === 1 ? '1 host' : `${count} hosts`
}

/** "3 hosts, 2 good"; "no host". */
export function countsWords({ good, bad }: SetHosts): string {
  const all = good.length + bad.length
  return all === 0 ? 'no host' : `${hostCount(all)}, ${good.length} good`
}

function named(labels: readonly string[]): string {
  const more = labels.length - MAX_NAMED
  return `${labels.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** What a set contains now, as one sentence: "3 hosts, 2 good: web-1, web-2. Not good: web-3 (stopped)." `nowAt` is epoch ms. */
export function previewWords(hosts: SetHosts, instances: readonly Instance[], nowAt: number): string {
  const { good, bad } = hosts
  if (good.length + bad.length === 0) return 'No listed instance belongs to it now.'
  const label = (host: Instance): string => shownName(instanceLabel(instances, host))
  const goodWords = good.length === 0 ? '' : `: ${named(good.map(label))}`
  const reasons = bad.map((host) => `${label(host)} (${agentWords(host, nowAt).word.toLowerCase()})`)
  return `${countsWords(hosts)}${goodWords}.${bad.length === 0 ? '' : ` Not good: ${named(reasons)}.`}`
}

/** The set of a target; undefined for a single instance and for a saved target that does not exist. */
export function setOfTarget(target: ForwardTarget, targets: readonly SavedTarget[]): TargetSet | undefined {
  if (target.kind === 'set') return target.set
  return target.kind === 'saved' ? targets.find(({ id }) => id === target.targetId)?.set : undefined
}

/** The set of all instances with this Name. */
export function anyNamed(name: string): TargetSet {
  return { hosts: formatSet({ kind: 'name', pattern: [name] }), choice: 'random' }
}

/** The set of an Auto Scaling group. */
export function anyInGroup(group: string): TargetSet {
  return { hosts: formatSet({ kind: 'group', name: [group] }), choice: 'random' }
}

/** The forwards that name this saved target, in their order. */
export function usersOf(targetId: string, forwards: readonly ForwardView[]): readonly ForwardView[] {
  return forwards.filter(({ forward: { target } }) => target.kind === 'saved' && target.targetId === targetId)
}

/** The names of forwards in a sentence: "orders-db", "orders-db and reports", "orders-db, reports and 2 more". */
export function namesWords(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).map((name) => shownName(name))
  const more = names.length - shown.length
  const parts = more > 0 ? [...shown, `${more} more`] : shown
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}
