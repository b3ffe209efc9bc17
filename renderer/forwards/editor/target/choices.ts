// The instances that the editor offers for the typed text, and the label of a chosen target. setchoices.ts adds sets of hosts.

import type { ForwardTarget } from '../../../../shared/model/forward'
import type { Instance } from '../../../../shared/model/instance'
import type { SavedTarget } from '../../../../shared/model/savedtarget'
import { agentWords, type StateWords } from '../../../../shared/status'
import { membersOf, parseSet, setProblem } from '../../../../shared/targetset'
import { targetWords } from '../../../containers/words'
import { compareNames } from '../../../order'
import { setOfTarget } from '../../../targets/hosts'

/** One line of the list. */
export interface Choice {
  readonly target: ForwardTarget
  readonly label: string
  /** Shown after the label, in monospace: the id, or its end if several instances share the name. */
  readonly id: string
  readonly words?: StateWords
  /** A saved target or a set: shown after the label in place of an id. "3 hosts, 2 good". */
  readonly counts?: string
}

/** The offered instances, and how many more match. */
export interface Choices {
  readonly items: readonly Choice[]
  readonly moreCount: number
}

/** The most instances that are offered. Typing narrows the list. */
const MAX_CHOICES = 60

const INSTANCE_ID = /^m?i-[0-9a-f]{8,17}$/

function searchText({ id, name, tags, privateIp }: Instance): string {
  return [name, id, privateIp ?? '', ...Object.values(tags)].join('\n').toLowerCase()
}

/** The sort order of an instance: online ones come first. */
function rank(words: StateWords): number {
  return words.tone === 'up' ? 0 : 1
}

/**
 * The instances whose name, id, address or tags contain every word of `text`, sorted online first and then by name. An id that
 * is not listed is offered as typed, because the list may be incomplete.
 */
export function chooseInstances(instances: readonly Instance[], text: string, nowAt: number): Choices {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = instances
    .filter((instance) => words.every((word) => searchText(instance).includes(word)))
    .map((instance) => ({ instance, words: agentWords(instance, nowAt) }))
    .toSorted(
      (a, b) =>
        rank(a.words) - rank(b.words) ||
        compareNames(a.instance.name, b.instance.name) ||
        compareNames(a.instance.id, b.instance.id),
    )
  const items = found.slice(0, MAX_CHOICES).map(({ instance, words: state }): Choice => ({
    target: { kind: 'id', instanceId: instance.id },
    label: instance.name === '' ? instance.id : instance.name,
    id: instance.name === '' ? '' : instance.id,
    words: state,
  }))
  const typed = text.trim()
  const isListed = instances.some(({ id }) => id === typed)
  if (INSTANCE_ID.test(typed) && !isListed) {
    items.push({ target: { kind: 'id', instanceId: typed }, label: typed, id: 'not in the list' })
  }
  return { items, moreCount: Math.max(0, found.length - MAX_CHOICES) }
}

/** The known instances of a target: the one with its id, all with its Name, or all of its set. */
export function instancesOf(
  target: ForwardTarget,
  instances: readonly Instance[],
  targets: readonly SavedTarget[] = [],
): readonly Instance[] {
  switch (target.kind) {
    case 'id':
      return instances.filter(({ id }) => id === target.instanceId)
    case 'name':
      return instances.filter(({ name }) => name === target.name)
    case 'ecs':
      return []
    case 'set':
    case 'saved': {
      const set = setOfTarget(target, targets)
      return set === undefined ? [] : membersOf(set.hosts, instances)
    }
  }
}

/** The label of a target; "" for none. */
export function targetLabel(
  target: ForwardTarget | undefined,
  instances: readonly Instance[],
  targets: readonly SavedTarget[] = [],
): string {
  if (target === undefined) return ''
  switch (target.kind) {
    case 'name':
      return target.name
    case 'ecs':
      return targetWords(target.target)
    case 'set':
      return target.set.hosts
    case 'saved':
      return targets.find(({ id }) => id === target.targetId)?.name ?? 'a deleted target'
    case 'id': {
      const [instance] = instancesOf(target, instances)
      return instance === undefined || instance.name === '' ? target.instanceId : instance.name
    }
  }
}

/** What a forward's proposed name begins with: its instance's name, or its set without the signs of the grammar; "" for none. */
export function nameSource(
  target: ForwardTarget | undefined,
  instances: readonly Instance[],
  targets: readonly SavedTarget[],
): string {
  if (target?.kind !== 'set') return targetLabel(target, instances, targets)
  if (setProblem(target.set.hosts) !== undefined) return ''
  const set = parseSet(target.set.hosts)
  const [first] = instancesOf(target, instances)
  const said =
    set.kind === 'ids'
      ? (first?.name ?? '')
      : (set.kind === 'tags'
          ? set.tags.flatMap(([, value]) => value)
          : set.kind === 'name'
            ? set.pattern
            : set.name
        ).join('-')
  return said
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/-{2,}/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
}

/** The Name that a target can be chosen by, and how many instances have it. */
export interface NameAdvice {
  readonly name: string
  readonly bearerCount: number
}

/** The Name of the target's instance; undefined if it has none or is not known, and for a set. */
export function nameAdvice(target: ForwardTarget, instances: readonly Instance[]): NameAdvice | undefined {
  if (target.kind === 'set' || target.kind === 'saved') return undefined
  const [instance] = instancesOf(target, instances)
  const name = target.kind === 'name' ? target.name : (instance?.name ?? '')
  if (name === '') return undefined
  return { name, bearerCount: instances.filter((other) => other.name === name).length }
}
