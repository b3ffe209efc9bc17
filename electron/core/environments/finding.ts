// Finds the host of a session from what a person typed or saved.
//
//   an id -> that one                             target:NAME -> the saved target, whose set follows
//   a Name -> its instance                        Name=… tag:… asg:… id,id -> one host of that set
//   ecs:… -> a container (containers.ts)
//
// A Name that is there wins over a saved target and over a pattern. Two instances of one Name are an error, unless a person has
// said how to choose. hosts.ts chooses within a set.

import { isEcsText } from '../../../shared/ecstarget'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { HostCount } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { formatSet, isPattern, literalTags, matches, parseSet, type SetChoice } from '../../../shared/targetset'
import type { HostSet, TargetSet } from '../../../shared/targetset'
import type { LastHosts } from '../store/lasthosts'
import { findContainer, type ContainerFinding } from './containers'
import { chooseHost, countHosts, namedHost } from './hosts'
import { ambiguousName, bareTarget, isExact, resolveExact, unknownName, type Directory, type Listing } from './targets'

/** Before the name of a saved target. */
const SAVED = 'target:'

/** These have a meaning in filters of EC2, so a Name with one of them is not asked for by a filter. */
const FILTER_SIGNS = /[*?\\,]/

/** Whether a TARGET names a saved target and can name nothing else. */
export function isSavedTarget(text: string): boolean {
  return text.startsWith(SAVED)
}

/** How a person wants the host chosen. */
export interface HostWish {
  /** Absent: as the saved target says, else at random. */
  readonly choice?: SetChoice
  /** The one host of the set that is wanted. */
  readonly hostId?: string
  /** Hosts that are not chosen while there is another. */
  readonly avoid?: readonly string[]
}

/** A host, and what it was chosen from. */
export interface FoundHost {
  readonly instance: Instance
  /** Present for a host of a set. */
  readonly set?: TargetSet
  /** The hosts of the set, as they were listed for this choice. */
  readonly hosts?: HostCount
  /** The saved target that led to it. */
  readonly saved?: SavedTarget
  /** Present for a container: `instance` is then the container. */
  readonly container?: FoundContainer
}

/** The container that was found. */
export interface FoundContainer {
  readonly cluster: string
  readonly service?: string
  readonly taskId: string
  readonly name: string
  /** Whether its task was chosen among those of a service: then another task can take its place. */
  readonly isChosen: boolean
}

/** What finding needs. */
export interface FinderOptions {
  readonly directory: Directory
  readonly ecs: ContainerFinding['ecs']
  /** The environment: its name, and whether it is the Demo. */
  readonly name: string
  readonly isDemo: boolean
  /** The saved targets, read at each use. */
  readonly savedTargets: () => Promise<readonly SavedTarget[]>
  readonly lastHosts: LastHosts
  /** See `HostChoice`. */
  readonly random: () => number
}

/** What a set is chosen from, in the words of a forward. */
export type SetTarget =
  | { readonly kind: 'set'; readonly set: TargetSet; readonly hostId?: string }
  | { readonly kind: 'saved'; readonly targetId: string }

/** Finds hosts in one environment. Owns nothing. */
export class Finder {
  readonly #options: FinderOptions

  constructor(options: FinderOptions) {
    this.#options = options
  }

  /**
   * Finds the host of a TARGET. Throws `usage` for a malformed set and for a host that is not in it, `wrong-region`, `unknown-instance`,
   * `ambiguous-name`, `unknown-target` and `no-good-host`.
   */
  async find(text: string, wish: HostWish, signal: AbortSignal): Promise<FoundHost> {
    if (isSavedTarget(text)) return this.#ofSaved(await this.#savedAs(text.slice(SAVED.length)), wish, signal)
    const { directory, ecs, name, lastHosts, random } = this.#options
    if (isEcsText(text)) {
      const finding = { ecs, place: `${name} ${directory.region}`, lastHosts, random }
      return findContainer(text, wish, { finding, signal })
    }
    if (isExact(text)) {
      if (wish.hostId !== undefined && wish.hostId !== text) throw notASet(text)
      return { instance: await resolveExact(text, directory, signal) }
    }
    if (isPattern(text)) return this.#ofPattern(text, wish, signal)
    const listing = await directory.listInstances(signal)
    const named = this.#named(text, listing, wish)
    if (named !== undefined) return named
    // A file that cannot be read has its own error where a saved target is asked for by `target:`.
    const all = await this.#options.savedTargets().catch((): readonly SavedTarget[] => [])
    const saved = all.find(({ name }) => name === text)
    if (saved === undefined) throw unknownName(text, directory.region, listing)
    return this.#ofSaved(saved, wish, signal)
  }

  /** Finds a host of a set that is saved. Throws as `find`. */
  async findIn(target: SetTarget, wish: HostWish, signal: AbortSignal): Promise<FoundHost> {
    if (target.kind === 'saved') {
      const saved = (await this.#options.savedTargets()).find(({ id }) => id === target.targetId)
      if (saved === undefined) throw new AppError('unknown-target', 'The saved target was deleted. Choose another one.')
      return this.#ofSaved(saved, wish, signal)
    }
    const { set, hostId } = target
    const named = hostId === undefined ? wish : { ...wish, hostId }
    return this.#ofSet(set, named, await this.#list(parseSet(set.hosts), signal))
  }

  /** The instance of a Name that is there, or one of several where a person has said how to choose; undefined: no instance has the Name. */
  #named(text: string, listing: Listing, wish: HostWish): FoundHost | Promise<FoundHost> | undefined {
    const named = listing.instances.filter(({ name }) => name === text)
    const [first] = named
    if (first === undefined) return undefined
    const { choice, hostId } = wish
    if (hostId === undefined && named.length === 1) return { instance: first }
    if (hostId === undefined && choice === undefined) throw ambiguousName(text, named)
    const set = { hosts: formatSet({ kind: 'name', pattern: [text] }), choice: choice ?? 'random' }
    return this.#ofSet(set, wish, listing)
  }

  async #ofPattern(text: string, wish: HostWish, signal: AbortSignal): Promise<FoundHost> {
    const set = parseSet(text)
    const listing = this.#list(set, signal)
    // A filtered listing may leave out an instance with this text as its Name.
    const isFiltered = literalTags(set).length > 0
    const bearers = !isFiltered || FILTER_SIGNS.test(text) ? listing : this.#bearers(text, signal)
    const [members, named] = await Promise.all([listing, bearers])
    return (
      this.#named(text, named, wish) ?? this.#ofSet({ hosts: text, choice: wish.choice ?? 'random' }, wish, members)
    )
  }

  #bearers(text: string, signal: AbortSignal): Promise<Listing> {
    return this.#options.directory.listInstances(signal, [['Name', text]])
  }

  #ofSaved(saved: SavedTarget, wish: HostWish, signal: AbortSignal): Promise<FoundHost> {
    const { name, isDemo, directory } = this.#options
    if (!isOf(saved.environment, { name, isDemo, region: directory.region })) throw elsewhere(saved)
    const set = wish.choice === undefined ? saved.set : { ...saved.set, choice: wish.choice }
    return this.#list(parseSet(set.hosts), signal)
      .then((listing) => this.#ofSet(set, wish, listing))
      .then((found) => ({ ...found, saved }))
  }

  async #ofSet(set: TargetSet, { hostId, avoid = [] }: HostWish, { instances, notices }: Listing): Promise<FoundHost> {
    const { directory, lastHosts, name, random } = this.#options
    const { region } = directory
    const { hosts, choice } = set
    const parsed = parseSet(hosts)
    const members = instances.filter((instance) => matches(parsed, instance))
    const place = { environment: `${name} ${region}`, hosts }
    const last = choice === 'sticky' ? await lastHosts.get(place) : undefined
    const options = { hosts, members, choice, region, last, avoid, random, notices }
    const instance = hostId === undefined ? chooseHost(options) : namedHost(options, hostId)
    if (choice === 'sticky' && hostId === undefined) await lastHosts.keep(place, instance.id)
    return { instance, set, hosts: countHosts(members) }
  }

  /** Lists at least the instances of a set, by its tags where it has some. A list of ids that may not be listed is taken as it is. */
  async #list(set: HostSet, signal: AbortSignal): Promise<Listing> {
    const tags = literalTags(set)
    const { directory } = this.#options
    return directory.listInstances(signal, ...(tags.length === 0 ? [] : [tags])).catch((error: unknown) => {
      if (set.kind !== 'ids' || !(error instanceof AppError) || error.code !== 'access-denied') throw error
      const instances = set.ids.map((id): Instance => ({ ...bareTarget(id), state: 'running' }))
      return { instances, notices: [] }
    })
  }

  /** A saved target by its name, or by its id, by which a window names it. */
  async #savedAs(text: string): Promise<SavedTarget> {
    const all = await this.#options.savedTargets()
    const found = all.find(({ name }) => name === text) ?? all.find(({ id }) => id === text)
    if (found !== undefined) return found
    const names = all.map(({ name }) => `"${name}"`)
    const there = names.length === 0 ? 'None is saved.' : `There are: ${names.slice(0, 10).join(', ')}.`
    const more = names.length > 10 ? ` See all: culvert targets list.` : ''
    throw new AppError('unknown-target', `No saved target is named "${text}". ${there}${more}`)
  }
}

/** Whether a saved target is of this environment. A reference without a profile or region is of the environment that is open. */
function isOf(
  ref: EnvironmentRef,
  open: { readonly name: string; readonly isDemo: boolean; readonly region: string },
): boolean {
  if (ref.kind === 'demo') return open.isDemo
  if (open.isDemo) return false
  return (ref.profile ?? open.name) === open.name && (ref.region ?? open.region) === open.region
}

function elsewhere({ name, environment }: SavedTarget): AppError {
  if (environment.kind === 'demo') {
    return new AppError('usage', `The saved target "${name}" is of the Demo: use it there, with --demo.`)
  }
  const { profile, region } = environment
  const options = [
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
    ...(region === undefined ? [] : [`--region ${region}`]),
  ]
  return new AppError(
    'usage',
    `The saved target "${name}" is of another environment: use it with ${options.join(' ')}.`,
  )
}

function notASet(text: string): AppError {
  return new AppError('usage', `${text} is one instance and no set of hosts: leave the host id out.`)
}
