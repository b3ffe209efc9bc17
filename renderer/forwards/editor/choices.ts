// The instances that the editor offers for what was typed, and what a chosen target is called.

import type { ForwardTarget } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import { agentWords, type StateWords } from '../../../shared/status'
import { compareNames } from '../../order'

/** One line of the list. */
export interface Choice {
  readonly target: ForwardTarget
  readonly label: string
  /** Behind the label, in mono: the id, or its end where names repeat. */
  readonly id: string
  readonly words?: StateWords
}

/** The choices that are offered, and the number of those that are not. */
export interface Choices {
  readonly items: readonly Choice[]
  readonly moreCount: number
}

/** More than a person reads; typing narrows it. */
const MAX_CHOICES = 60

const INSTANCE_ID = /^m?i-[0-9a-f]{8,17}$/

function searchText({ id, name, tags, privateIp }: Instance): string {
  return [name, id, privateIp ?? '', ...Object.values(tags)].join('\n').toLowerCase()
}

/** How useful an instance is at the head of the list: those that answer come first. */
function rank(words: StateWords): number {
  return words.tone === 'up' ? 0 : 1
}

/**
 * The instances whose name, id, address or tags hold every word of `text`; those that answer first, then by name. An id
 * that is not listed is offered as it is: a list may be incomplete.
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

/** What is known of a target's instances: the one it names by id, or all that bear its Name. */
export function instancesOf(target: ForwardTarget, instances: readonly Instance[]): readonly Instance[] {
  return target.kind === 'id'
    ? instances.filter(({ id }) => id === target.instanceId)
    : instances.filter(({ name }) => name === target.name)
}

/** A target as one would say it; "" for none. */
export function targetLabel(target: ForwardTarget | undefined, instances: readonly Instance[]): string {
  if (target === undefined) return ''
  if (target.kind === 'name') return target.name
  const [instance] = instancesOf(target, instances)
  return instance === undefined || instance.name === '' ? target.instanceId : instance.name
}

/** Whether a Name can be meant, and what to know about meaning it. */
export interface NameAdvice {
  readonly name: string
  readonly bearerCount: number
}

/** The Name that the target's instance bears; undefined where it bears none or is not known. */
export function nameAdvice(target: ForwardTarget, instances: readonly Instance[]): NameAdvice | undefined {
  const [instance] = instancesOf(target, instances)
  const name = target.kind === 'name' ? target.name : (instance?.name ?? '')
  if (name === '') return undefined
  return { name, bearerCount: instances.filter((other) => other.name === name).length }
}
