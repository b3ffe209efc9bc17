// Chooses one host of a set, among those that run with their agent online. Pure.

import { AppError } from '../../../shared/errors'
import type { HostCount } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import { hostWords } from '../../../shared/status'
import { isGoodHost, type SetChoice } from '../../../shared/targetset'

/** How many hosts an error names. */
const MAX_NAMED = 10

/** The members of a set, and what one of them is chosen by. */
export interface HostChoice {
  /** The set as a person writes it. */
  readonly hosts: string
  readonly members: readonly Instance[]
  readonly choice: SetChoice
  readonly region: string
  /** The host that was chosen last; for `sticky`. */
  readonly last: string | undefined
  /** Hosts that are not chosen while there is another: they have just been out of reach, which a listing may not show yet. */
  readonly avoid: readonly string[]
  /** From 0 to 1, without 1. */
  readonly random: () => number
  /** What is missing in the listing that the members come from. */
  readonly notices: readonly string[]
}

/** How many hosts a set has, and how many of them can be chosen. */
export function countHosts(members: readonly Instance[]): HostCount {
  return { good: members.filter((member) => isGoodHost(member)).length, all: members.length }
}

/** Chooses a host. Throws `no-good-host`, which names the hosts that there are and why none can be chosen. */
export function chooseHost(options: HostChoice): Instance {
  const { members, choice, last, avoid, random } = options
  const good = members.filter((member) => isGoodHost(member))
  const others = good.filter(({ id }) => !avoid.includes(id))
  const candidates = others.length === 0 ? good : others
  const kept = choice === 'sticky' ? candidates.find(({ id }) => id === last) : undefined
  const chosen = kept ?? (choice === 'newest' ? newest(candidates) : atRandom(candidates, random))
  if (chosen === undefined) throw noGoodHost(options)
  return chosen
}

/** The member that a person has named, in whatever state it is. Throws `usage` for an id that is not in the set. */
export function namedHost({ hosts, members, notices }: HostChoice, hostId: string): Instance {
  const found = members.find(({ id }) => id === hostId)
  if (found !== undefined) return found
  const has = members.length === 0 ? 'It has no hosts.' : `It has ${listed(members, hostWords)}.`
  throw new AppError('usage', `${hostId} is not a host of ${hosts}. ${has} Name one of them, or none.${told(notices)}`)
}

function atRandom(candidates: readonly Instance[], random: () => number): Instance | undefined {
  return candidates[Math.floor(random() * candidates.length)]
}

/** The host that was launched last. Of several, and of those whose launch is not known, the one with the smallest id. */
function newest(candidates: readonly Instance[]): Instance | undefined {
  const [first] = candidates.toSorted((a, b) => (b.launchedAt ?? 0) - (a.launchedAt ?? 0) || (a.id < b.id ? -1 : 1))
  return first
}

function noGoodHost({ hosts, members, region, notices }: HostChoice): AppError {
  if (members.length === 0) {
    const text = `No instance in ${region} belongs to ${hosts}. Check the set, the region and the account.`
    return new AppError('no-good-host', `${text}${told(notices)}`)
  }
  const count = members.length === 1 ? 'The only host' : `None of the ${members.length} hosts`
  const verb = members.length === 1 ? 'cannot' : 'can'
  const why = listed(members, (member) => `${hostWords(member)} ${obstacle(member)}`)
  const next = 'Start an instance, or its SSM agent.'
  return new AppError('no-good-host', `${count} of ${hosts} ${verb} be chosen: ${why}. ${next}${told(notices)}`)
}

function obstacle({ state, agent }: Instance): string {
  if (state !== 'running') return `is ${state}`
  return agent.kind === 'offline' ? 'runs, its agent is offline' : 'runs, Systems Manager knows no agent on it'
}

function listed(members: readonly Instance[], words: (member: Instance) => string): string {
  const named = members.slice(0, MAX_NAMED).map((member) => words(member))
  const more = members.length > MAX_NAMED ? `; and ${members.length - MAX_NAMED} more` : ''
  return `${named.join('; ')}${more}`
}

function told(notices: readonly string[]): string {
  return notices.length === 0 ? '' : ` The list is not whole: ${notices.join(' ')}`
}
