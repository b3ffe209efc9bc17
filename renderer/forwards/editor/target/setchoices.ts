// What the instance field offers beside single instances: the set as typed, saved targets, all instances that share a Name, and
// Auto Scaling groups. Pure.

import { ecsTargetProblem, isEcsText } from '../../../../shared/ecstarget'
import type { ForwardTarget } from '../../../../shared/model/forward'
import type { Instance } from '../../../../shared/model/instance'
import type { SavedTarget } from '../../../../shared/model/savedtarget'
import { GROUP_TAG, isPattern, setProblem, type TargetSet } from '../../../../shared/targetset'
import { compareNames } from '../../../order'
import { anyInGroup, anyNamed, countsWords, hostsOf } from '../../../targets/hosts'
import { chooseInstances, type Choice, type Choices } from './choices'
import { chooseContainers, type OfferedContainers } from './containerchoices'

/** What can be chosen from. */
export interface Offered {
  readonly instances: readonly Instance[]
  /** Those of the forward's environment. */
  readonly targets: readonly SavedTarget[]
  readonly containers?: OfferedContainers
}

/** The offers, and what is wrong with a text that is meant as a set. */
export interface TargetChoices extends Choices {
  readonly problem?: string
}

/** The set that a text means: a text in the grammar of sets, or a Name with a star. Undefined for other texts. */
function meantSet(text: string): string | undefined {
  if (isPattern(text)) return text
  return text.includes('*') && !text.includes(' ') ? `Name=${text}` : undefined
}

/** The target of a typed set, with `choice`; undefined if the text is no set or a malformed one. */
export function typedSet(text: string, choice: TargetSet['choice']): ForwardTarget | undefined {
  const hosts = meantSet(text.trim())
  return hosts === undefined || setProblem(hosts) !== undefined ? undefined : { kind: 'set', set: { hosts, choice } }
}

function setChoice(
  set: TargetSet,
  label: string,
  instances: readonly Instance[],
): Choice & { readonly counts: string } {
  return { target: { kind: 'set', set }, label, id: '', counts: countsWords(hostsOf(set.hosts, instances)) }
}

function savedChoice({ id, name, set }: SavedTarget, instances: readonly Instance[]): Choice {
  return {
    target: { kind: 'saved', targetId: id },
    label: name,
    id: '',
    counts: `saved target, ${countsWords(hostsOf(set.hosts, instances))}`,
  }
}

function groupChoice(group: string, instances: readonly Instance[]): Choice {
  const choice = setChoice(anyInGroup(group), group, instances)
  return { ...choice, counts: `Auto Scaling group, ${choice.counts}` }
}

/** The offered instances, with "any of these" above the first of those that share a Name. */
function withShared(items: readonly Choice[], instances: readonly Instance[]): readonly Choice[] {
  const counts = new Map<string, number>()
  for (const { name } of instances) counts.set(name, (counts.get(name) ?? 0) + 1)
  const offered = new Set<string>()
  return items.flatMap((choice): readonly Choice[] => {
    const { label, id } = choice
    const count = id === '' ? 0 : (counts.get(label) ?? 0)
    if (count < 2 || offered.has(label)) return [choice]
    offered.add(label)
    return [setChoice(anyNamed(label), `Any of ${count} named ${label}`, instances), choice]
  })
}

function groupsOf(instances: readonly Instance[]): readonly string[] {
  const groups = new Set(
    instances.flatMap(({ tags }) => (Object.hasOwn(tags, GROUP_TAG) ? (tags[GROUP_TAG] ?? []) : [])),
  )
  return [...groups].sort(compareNames)
}

/**
 * What to offer for a typed text: a set with its hosts, or the saved targets, Auto Scaling groups and instances that contain every
 * word. `nowAt` is epoch ms.
 */
export function chooseTargets({ instances, targets, containers }: Offered, text: string, nowAt: number): TargetChoices {
  const typed = text.trim()
  const ofEcs = chooseContainers(containers ?? { services: [], items: [] }, text)
  if (isEcsText(typed)) {
    const problem = ofEcs.items.length === 0 ? ecsTargetProblem(typed) : undefined
    return { ...ofEcs, ...(problem === undefined ? {} : { problem }) }
  }
  const hosts = meantSet(typed)
  if (hosts !== undefined) {
    const problem = setProblem(hosts)
    if (problem !== undefined) return { items: [], moreCount: 0, problem }
    const { good, bad } = hostsOf(hosts, instances)
    const { items, moreCount } = chooseInstances([...good, ...bad], '', nowAt)
    return { items: [setChoice({ hosts, choice: 'random' }, hosts, instances), ...items], moreCount }
  }
  const words = typed.toLowerCase().split(/\s+/)
  const isFound = (found: string): boolean => words.every((word) => found.toLowerCase().includes(word))
  const { items, moreCount } = chooseInstances(instances, text, nowAt)
  return {
    items: [
      ...targets
        .filter(({ name, set }) => isFound(`${name}\n${set.hosts}`))
        .toSorted((a, b) => compareNames(a.name, b.name))
        .map((target) => savedChoice(target, instances)),
      ...groupsOf(instances)
        .filter(isFound)
        .map((group) => groupChoice(group, instances)),
      ...withShared(items, instances),
      ...ofEcs.items,
    ],
    moreCount,
  }
}
