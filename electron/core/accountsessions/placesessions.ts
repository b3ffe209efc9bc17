// The sessions of one environment in a list: loads them, and asks again while the list is read.
//
// `tick` is called at each reading of the list. It begins what is due and returns at once, so AWS is asked only while the list is read.
// The page that has failed is asked for again when trouble.ts says so. A failure that only a person can mend ends the work of this
// environment until the list is opened again.

import { asAppError } from '../../../shared/errors'
import type { SessionPlace, SessionProblem } from '../../../shared/model/accountsession'
import type { ListedSession, SessionQuery } from '../../../shared/sessionlisting'
import type { Environment } from '../environments/environment'
import type { Wakeable } from '../sessions/wakeable'
import { historyQuery, isWanted, KEPT_MS, pushed, statesOf } from './asking'
import { hasPassed } from './elapsed'
import type { ListedPlace, PlaceOptions } from './placeparts'
import { freshOf, Pieces, type Piece } from './pieces'
import { hasEnded } from './row'
import { targetIdOf, TargetNames } from './targetnames'
import { Trouble } from './trouble'

/** How often the active sessions are asked for: usually, and while sessions are being ended. */
const POLL_MS = 5_000
const EAGER_MS = 1_000
/** How often sessions are looked for that were shorter than two polls. */
const RECENT_MS = 60_000
/** The clocks of AWS and of this computer may differ by this much. */
const CLOCKS_MS = 60_000

/** One environment of a list. Disposing aborts its calls. */
export class PlaceSessions implements Disposable, ListedPlace {
  readonly #options: PlaceOptions
  readonly #end = new AbortController()
  readonly #pieces = new Pieces()
  /** A wake ends a pause: the next reading asks AWS. */
  readonly #wakeable: Wakeable
  #environment: Environment | undefined
  #place: SessionPlace
  #identity: string | undefined
  #isIdentifying = false
  #target: string | undefined
  #work: Promise<void> | undefined
  readonly #trouble = new Trouble()
  readonly #names: TargetNames
  /** Sessions that were active at the last poll. */
  #open = new Map<string, ListedSession>()
  /** When the last poll began, and whether one has been read to its end. */
  #polledAt: number | undefined
  #hasPolled = false
  #pollMs = POLL_MS
  #lookedAt: number
  #wantedSinceAt: number
  #loadedSinceAt: number

  constructor(options: PlaceOptions) {
    const { ref, name, sinceAt, now } = options
    this.#options = options
    this.#wakeable = { wake: () => this.#trouble.hurry(now()), reached: () => this.#trouble.reached(now()) }
    this.#names = new TargetNames(options.instances, () => options.sink.named(this))
    this.#place = { ref, name, region: ref.kind === 'aws' ? (ref.region ?? '') : '' }
    this.#wantedSinceAt = sinceAt
    this.#loadedSinceAt = now()
    this.#lookedAt = now()
  }

  get place(): SessionPlace {
    return this.#place
  }

  /** The ARN of this identity; undefined: not known yet. */
  get identity(): string | undefined {
    return this.#identity
  }

  get problem(): SessionProblem | undefined {
    const { known } = this.#trouble
    return known === undefined ? undefined : { place: this.#place, ...known }
  }

  get loadedSinceAt(): number {
    return this.#loadedSinceAt
  }

  /** Whether pages of the beginning, or of older sessions, are still to come. */
  get isLoading(): boolean {
    if (this.#trouble.isFinal) return false
    const isFirst = statesOf(this.#options.filters).active ? !this.#hasPolled : this.#polledAt === undefined
    return isFirst || this.#pieces.hasHistory
  }

  /** Whether AWS keeps sessions that are older than those that are loaded. */
  get hasOlder(): boolean {
    return statesOf(this.#options.filters).history && this.#loadedSinceAt > this.#options.now() - KEPT_MS + CLOCKS_MS
  }

  /** The Name of a target; undefined: not known. */
  nameOf(target: string): string | undefined {
    return this.#names.of(target)
  }

  /** Begins what is due. `isEager`: sessions are being ended, and their end is awaited. Never throws, never waits. */
  tick(isEager = false): void {
    this.#pollMs = isEager ? EAGER_MS : POLL_MS
    if (this.#work !== undefined || this.#end.signal.aborted) return
    const now = this.#options.now()
    if (!this.#trouble.mayAsk(now)) return
    if (this.#environment !== undefined && this.#pieces.isEmpty && !this.#isPollDue(now)) return
    this.#work = this.#run().finally(() => {
      this.#work = undefined
    })
  }

  /** Resolves once the work that `tick` began has been done or has failed. */
  async settled(): Promise<void> {
    await this.#work
  }

  /** Loads the sessions that ended since `sinceAt`. */
  older(sinceAt: number): void {
    const from = Math.max(sinceAt, this.#options.now() - KEPT_MS)
    if (from >= this.#wantedSinceAt) return
    this.#wantedSinceAt = from
    if (this.#environment !== undefined) this.#addHistory(this.#environment)
  }

  /** Loads no more ended sessions. What is loaded stays. */
  stop(): void {
    this.#pieces.dropHistory()
    this.#wantedSinceAt = this.#loadedSinceAt
  }

  [Symbol.dispose](): void {
    this.#leave()
    this.#end.abort(new Error('The list of sessions was closed.'))
  }

  /** Works until nothing is due. Never rejects: a failure becomes the problem. */
  async #run(): Promise<void> {
    const { signal } = this.#end
    try {
      const environment = await this.#options.environment()
      signal.throwIfAborted()
      if (environment !== this.#environment) await this.#enter(environment)
      for (;;) {
        if (this.#isPollDue(this.#options.now())) this.#poll(environment)
        const piece = this.#pieces.next
        if (piece === undefined) return
        const page = await piece.pages.next(signal)
        signal.throwIfAborted()
        this.#trouble.passed()
        this.#take(piece, page)
        if (piece.pages.isDone) this.#done(piece, environment)
      }
    } catch (error) {
      if (signal.aborted) return
      if (this.#trouble.failed(asAppError(error), this.#options.now())) this.#leave()
    }
  }

  /** Begins in an environment: also in the one that took the place of one that has ended. */
  async #enter(environment: Environment): Promise<void> {
    const { ref, filters } = this.#options
    const { signal } = this.#end
    this.#leave()
    this.#pieces.clear()
    this.#polledAt = undefined
    this.#hasPolled = false
    this.#loadedSinceAt = this.#options.now()
    const { name, region } = environment
    // Rows tell by the object whether they are of the same place.
    if (this.#place.name !== name || this.#place.region !== region)
      this.#place = { ref: ref.kind === 'demo' ? ref : { ...ref, region }, name, region }
    await this.#identify(environment)
    this.#target = await targetIdOf(filters.target, environment, signal)
    this.#names.learn(environment, signal)
    this.#environment = environment
    environment.wakeables.add(this.#wakeable)
    this.#addHistory(environment)
  }

  /** Its pages are not asked for any more: the next work begins from the beginning. */
  #leave(): void {
    this.#environment?.wakeables.delete(this.#wakeable)
    this.#environment = undefined
  }

  /** Looks up the identity. Without it no session is known as mine, and everything else works. */
  async #identify(environment: Environment): Promise<void> {
    try {
      this.#identity = (await environment.identity(this.#end.signal)).arn
    } catch (error) {
      if (this.#options.filters.owner === 'me') throw error
    }
  }

  /** Looks up the identity again. Once it is known, ended sessions are read anew: whose they are depends on it. */
  #identifyLate(environment: Environment): void {
    if (this.#isIdentifying) return
    this.#isIdentifying = true
    void this.#identify(environment)
      .catch(() => undefined)
      .then(() => {
        this.#isIdentifying = false
        const isHere = this.#environment === environment && !this.#end.signal.aborted
        if (this.#identity !== undefined && isHere) this.#addHistory(environment, true)
      })
  }

  #isPollDue(now: number): boolean {
    if (this.#pieces.hasActive) return false
    return this.#polledAt === undefined || hasPassed(this.#polledAt, this.#pollMs, now)
  }

  #query(): Omit<SessionQuery, 'state'> {
    return pushed(this.#options.filters, { identity: this.#identity, target: this.#target })
  }

  #poll(environment: Environment): void {
    const now = this.#options.now()
    const states = statesOf(this.#options.filters)
    this.#polledAt = now
    this.#names.look()
    if (this.#identity === undefined) this.#identifyLate(environment)
    if (states.active) this.#pieces.addActive(environment.sessions({ ...this.#query(), state: 'Active' }))
    if (!states.history || this.#pieces.hasHistory || !hasPassed(this.#lookedAt, RECENT_MS, now)) return
    const startedSince = Math.min(this.#lookedAt, now) - CLOCKS_MS
    this.#lookedAt = now
    this.#pieces.addRecent(environment.sessions({ ...this.#query(), state: 'History', startedSince }))
  }

  /** `isWhole`: also what is loaded already. */
  #addHistory(environment: Environment, isWhole = false): void {
    if (!statesOf(this.#options.filters).history) return
    const isFirst = this.#environment !== environment || this.#polledAt === undefined
    const before = isFirst || isWhole ? undefined : this.#loadedSinceAt
    this.#pieces.dropHistory()
    const query = historyQuery(this.#query(), this.#wantedSinceAt, before)
    this.#pieces.addHistory(environment.sessions(query), this.#wantedSinceAt)
  }

  #take(piece: Piece, page: readonly ListedSession[]): void {
    const { filters, sink } = this.#options
    const sinceAt = piece.sinceAt ?? Math.min(this.#loadedSinceAt, this.#wantedSinceAt)
    const wanted = freshOf(piece, page).filter(
      (session) =>
        isWanted(filters, session) &&
        (piece.kind === 'missed' || !hasEnded(session) || session.endAt === undefined || session.endAt >= sinceAt),
    )
    for (const session of wanted) {
      if (piece.kind === 'active') this.#open.set(session.sessionId, session)
      else if (hasEnded(session)) this.#open.delete(session.sessionId)
    }
    if (wanted.length > 0) sink.take(this, wanted)
  }

  #done(piece: Piece, environment: Environment): void {
    this.#pieces.remove(piece)
    switch (piece.kind) {
      case 'active':
        this.#hasPolled = true
        this.#compare(piece.seen, environment)
        break
      case 'history':
        this.#loadedSinceAt = piece.sinceAt ?? this.#loadedSinceAt
        break
      case 'missed':
        if (piece.sessionId !== undefined) this.#vanish(piece.sessionId, piece.seen.size > 0)
        break
      case 'recent':
        break
      default:
        piece.kind satisfies never
    }
  }

  /** Sessions that were active and are not listed any more have ended, or do not pass the filters now. */
  #compare(seen: ReadonlySet<string>, environment: Environment): void {
    const absent = [...this.#open.keys()].filter((id) => !seen.has(id))
    if (!statesOf(this.#options.filters).history) {
      for (const id of absent) {
        this.#open.delete(id)
        this.#options.sink.drop(this, id)
      }
      return
    }
    const query = { ...this.#query(), state: 'History' } as const
    const rest = this.#pieces.addMissed(absent, (sessionId) => environment.sessions({ ...query, sessionId }))
    if (rest.length === 0) return
    const startedSince = rest.reduce((first, id) => Math.min(first, this.#open.get(id)?.startAt ?? 0), Infinity)
    this.#pieces.addRecent(environment.sessions({ ...query, startedSince }))
  }

  /** A session is not active any more. If the history does not have it either, the row says that it has ended now. */
  #vanish(sessionId: string, isFound: boolean): void {
    const session = this.#open.get(sessionId)
    this.#open.delete(sessionId)
    const ended = { status: 'Terminated', endAt: this.#options.now() } as const
    if (session !== undefined && !isFound) this.#options.sink.take(this, [{ ...session, ...ended }])
  }
}
