// One list of sessions: environments and filters, and the rows that have come so far.
//
// The rows of open sessions are made anew when something of this app changes: a forward takes a session up, the ledger notes a state, the
// end of a session is asked for. Rows of ended sessions change only where AWS says so, or where a Name becomes known. If two environments
// of the same account list a session, it is one row, of the first environment in which it is ours.

import type { SessionPage } from '../../../shared/api/sessions'
import type { AccountSession, SessionFilters, SessionListState } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { ListedSession } from '../../../shared/sessionlisting'
import { hasPassed } from './elapsed'
import type { ListedPlace, PlaceSink } from './placeparts'
import { isAuthorizedIn, passes, pendingRow } from './pending'
import { PlaceSessions } from './placesessions'
import { hasEnded, rowOf, type RowFacts } from './row'
import { Rows } from './rows'
import type { SessionSources } from './sources'

/** How often the records of other processes of this installation are read. */
const REFRESH_MS = 5_000

/** An open session of a list. */
interface Open {
  readonly session: ListedSession
  readonly from: ListedPlace
}

/** What a list is of. */
export interface SessionListOptions {
  readonly environments: readonly EnvironmentRef[]
  readonly filters: SessionFilters
  /** Ended sessions are listed if they ended then or later, epoch ms. */
  readonly sinceAt: number
  /** Fewer rows than usual: for tests. */
  readonly maxRows?: number
}

/** A list. Disposing aborts its calls. */
export class SessionList implements Disposable, PlaceSink {
  readonly #sources: SessionSources
  readonly #filters: SessionFilters
  readonly #places: readonly PlaceSessions[]
  readonly #rows: Rows
  readonly #open = new Map<string, Open>()
  readonly #texts = new Map<string, string>()
  readonly #unsubscribe: () => void
  /** Open sessions of which something has changed. */
  readonly #changed = new Set<string>()
  #carried: ReadonlySet<string> = new Set()
  /** Ids of the rows of pending authorizations. */
  #pending: ReadonlySet<string> = new Set()
  #refreshedAt = 0

  constructor({ environments, filters, sinceAt, maxRows }: SessionListOptions, sources: SessionSources) {
    this.#sources = sources
    this.#filters = filters
    this.#rows = new Rows(maxRows)
    this.#places = environments.map(
      (ref) =>
        new PlaceSessions({
          ref,
          environment: () => sources.environment(ref),
          name: sources.nameOf(ref),
          filters,
          sinceAt,
          now: sources.now,
          instances: () => sources.instancesOf(ref),
          sink: this,
        }),
    )
    this.#unsubscribe = sources.records.onChange((recordId) => {
      const sessionId = sources.records.byId(recordId)?.sessionId
      if (sessionId !== undefined) this.#changed.add(sessionId)
    })
    this.#tick()
  }

  get state(): SessionListState {
    const places = this.#places.filter(({ problem }) => problem === undefined || problem.retryAt !== undefined)
    const loaded = places.length === 0 ? this.#places : places
    return {
      isLoading: this.#places.some(({ isLoading }) => isLoading),
      loadedSinceAt: Math.max(...loaded.map(({ loadedSinceAt }) => loadedSinceAt)),
      hasOlder: loaded.some(({ hasOlder }) => hasOlder),
      problems: this.#places.flatMap(({ problem }) => problem ?? []),
      ...(this.#rows.isCut ? { isCut: true } : {}),
    }
  }

  /** The changes after `revision`, at most `max` rows. Begins what is due at AWS. Throws `usage` for a revision that is too old. */
  page(revision: number, max: number): SessionPage {
    this.#tick()
    this.#refresh()
    return { ...this.#rows.since(revision, max), state: this.state }
  }

  /** Every row, in no order. */
  all(): Generator<AccountSession> {
    this.#refresh()
    return this.#rows.all()
  }

  /** Loads the sessions that ended since `sinceAt`. */
  older(sinceAt: number): void {
    for (const place of this.#places) place.older(sinceAt)
    this.#tick()
  }

  /** Loads no more pages of ended sessions. */
  stop(): void {
    for (const place of this.#places) place.stop()
  }

  /** Resolves once the work that is under way has been done. */
  async settled(): Promise<void> {
    await Promise.all(this.#places.map((place) => place.settled()))
  }

  take(from: ListedPlace, sessions: readonly ListedSession[]): void {
    const facts = this.#factsOf(from)
    for (const session of sessions) this.#put({ session, from }, facts)
  }

  drop(from: ListedPlace, sessionId: string): void {
    if (this.#open.get(sessionId)?.from !== from) return
    this.#open.delete(sessionId)
    this.#rows.delete(sessionId)
  }

  named(from: ListedPlace): void {
    for (const row of this.#rows.all()) {
      if (row.place !== from.place) continue
      const targetName = from.nameOf(row.target)
      if (targetName !== undefined && targetName !== row.targetName) this.#rows.set({ ...row, targetName })
    }
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
    for (const place of this.#places) place[Symbol.dispose]()
  }

  #tick(): void {
    const now = this.#sources.now()
    if (hasPassed(this.#refreshedAt, REFRESH_MS, now)) {
      this.#refreshedAt = now
      // Never rejects. What has changed is told by `onChange`.
      void this.#sources.records.refresh()
    }
    const eager = new Set<ListedPlace>()
    for (const [id, { from }] of this.#open) if (this.#sources.canceling.isFresh(id, now)) eager.add(from)
    for (const place of this.#places) place.tick(eager.has(place))
  }

  /** Makes the rows anew of which something has changed in this app. */
  #refresh(): void {
    const carried = this.#sources.carried()
    for (const id of carried.keys()) this.#changed.add(id)
    for (const id of this.#carried) this.#changed.add(id)
    this.#carried = new Set(carried.keys())
    for (const id of this.#open.keys()) if (this.#sources.canceling.has(id)) this.#changed.add(id)
    for (const id of this.#changed) {
      const open = this.#open.get(id)
      if (open !== undefined) this.#put(open, this.#factsOf(open.from, carried))
    }
    this.#changed.clear()
    this.#refreshPending()
  }

  /** The ledger has the authorizations that are pending; AWS knows nothing of them. */
  #refreshPending(): void {
    const { records } = this.#sources
    const rows = records.authorizations().flatMap((record) => {
      const from = this.#places.find(({ place, identity }) => isAuthorizedIn(record, place, identity))
      return from !== undefined && passes(record, this.#filters) ? [pendingRow(record, from.place)] : []
    })
    const ids = new Set(rows.map(({ id }) => id))
    for (const id of this.#pending) if (!ids.has(id)) this.#rows.delete(id)
    for (const row of rows) this.#rows.set(row)
    this.#pending = ids
  }

  #put(open: Open, facts: RowFacts): void {
    const { session } = open
    const { sessionId } = session
    const row = rowOf(session, facts)
    const before = this.#rows.get(sessionId)
    const isElsewhere = before !== undefined && before.place !== row.place
    const isBetterHere = before?.holder === 'others' && row.holder !== 'others'
    if (isElsewhere && !isBetterHere && before.state === row.state) return
    if (hasEnded(session)) {
      this.#open.delete(sessionId)
      this.#sources.canceling.delete(sessionId)
    } else this.#open.set(sessionId, open)
    this.#rows.set(row)
  }

  #factsOf(from: ListedPlace, carried = this.#sources.carried()): RowFacts {
    const { records, canceling, now } = this.#sources
    return {
      place: from.place,
      records,
      identity: from.identity,
      nameOf: (target) => from.nameOf(target),
      carrierOf: (sessionId) => carried.get(sessionId)?.carrier,
      isCanceling: (sessionId) => canceling.has(sessionId),
      share: (text) => this.#share(text),
      nowAt: now(),
    }
  }

  #share(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    this.#texts.set(text, text)
    return text
  }
}
