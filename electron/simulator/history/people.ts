// The sessions of other people that come and go in the Demo: records without an agent.
//
// A few are active at any time. Each minute of the service's clock some end and some begin. Some owners always have one. TerminateSession ends a session as it ends one of our own: it is Terminating for a moment, then in the history.

import type { Dice } from '../faults/dice'
import type { Identity } from '../iam/identity'
import { makeSession, type Cast } from './generated'
import type { DescribedSession, SessionHistory } from './history'
import type { Owner } from './owners'

const MINUTE_MS = 60_000
const FEWEST = 3
const MOST = 6
/** Of each minute. */
const ENDS = 0.04
const BEGINS = 0.2
/** How long ago the sessions of the start began, at most. */
const OLDEST_MINUTES = 90

/** What the sessions of other people are made of. `now` is epoch ms. */
export interface PeopleOptions {
  readonly cast: Cast
  /** Decides who comes and goes. */
  readonly dice: Dice
  readonly history: SessionHistory
  readonly now: () => number
  /** The ids of the instances that a session can be started to now. */
  readonly targets: () => readonly string[]
}

/** The active sessions of other people. Owns its clock once it has been started. */
export class OtherPeople implements Disposable {
  readonly #options: PeopleOptions
  readonly #active = new Map<string, DescribedSession>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: PeopleOptions) {
    this.#options = options
    const { dice, now } = options
    while (this.#active.size < FEWEST + 1) this.#begin(now() - dice.between(1, OLDEST_MINUTES) * MINUTE_MS)
  }

  /** The sessions that run. */
  get active(): readonly DescribedSession[] {
    return [...this.#active.values()]
  }

  /** The owner of an active session. */
  ownerOf(id: string): Identity | undefined {
    return this.#active.get(id)?.owner
  }

  /** Lets a minute pass every `minuteMs`. */
  start(minuteMs: number): void {
    this.#timer = setInterval(() => this.minute(), minuteMs)
  }

  /** A minute has passed. */
  minute(): void {
    const { dice, now } = this.#options
    for (const { id, owner, startedAt, maxMinutes } of this.active) {
      if (this.#options.cast.owners.some((each) => each.isAlwaysThere && each.identity === owner)) continue
      const isOver = maxMinutes !== undefined && startedAt + maxMinutes * MINUTE_MS <= now()
      if (isOver || (this.#active.size > FEWEST && dice.chance(ENDS))) this.terminate(id)
    }
    if (this.#active.size < FEWEST || (this.#active.size < MOST && dice.chance(BEGINS))) this.#begin(now())
  }

  /** Ends a session. Returns false for one that is not active here. */
  terminate(id: string): boolean {
    const session = this.#active.get(id)
    if (session === undefined) return false
    this.#active.delete(id)
    this.#options.history.add({ ...session, status: 'Terminated', endedAt: this.#options.now() })
    return true
  }

  /** Ends the sessions to an instance that has gone. */
  lose(target: string): void {
    for (const session of this.active) if (session.target === target) this.terminate(session.id)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #begin(startedAt: number): void {
    const { cast, targets } = this.#options
    const isThere = ({ identity }: Owner): boolean => this.active.some(({ owner }) => owner === identity)
    const absent = cast.owners.find((owner) => owner.isAlwaysThere === true && !isThere(owner))
    const owners = absent === undefined ? cast.owners.filter(({ isAlwaysThere }) => isAlwaysThere !== true) : [absent]
    const session = makeSession({ ...cast, owners, targets: targets() }, startedAt)
    this.#active.set(session.id, session)
  }
}
