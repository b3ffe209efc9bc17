// The ended sessions that DescribeSessions tells of: those of the last 30 days, at most 150,000 unless said otherwise.
//
// A record holds texts and numbers only, so 100,000 of them cost little. Records are kept in the order of a hash of their ids: AWS
// promises no order, so a client that takes the first page for the newest sessions fails here. Sessions that come and go do not change
// the order of the others, so a page token keeps its place. A session that ends is listed as Terminating, among the active ones, for
// `terminatingMs`, and is in the history afterwards. Source: specification §1.2 ("ended sessions of the past 30 days"), §13 S2.

import type { SessionStatus } from '../gateway/sessions'
import type { Identity } from '../iam/identity'

const DAY_MS = 86_400_000
const KEPT_MS = 30 * DAY_MS
const MAX_RECORDS = 150_000
/** How many records are dropped at once above the limit: dropping copies the list. */
const DROPPED = 1_000

/** A session as DescribeSessions tells of it. Times are epoch ms. */
export interface DescribedSession {
  readonly id: string
  readonly target: string
  readonly status: SessionStatus
  readonly startedAt: number
  /** Undefined: it has not ended. */
  readonly endedAt: number | undefined
  readonly documentName: string
  readonly owner: Identity
  readonly reason: string | undefined
  /** Undefined: without a limit. */
  readonly maxMinutes: number | undefined
  readonly accessType: 'Standard' | 'JustInTime'
}

/** A session at its place in the order of pages. */
export interface Placed {
  readonly order: number
  readonly session: DescribedSession
}

// FNV-1a, 32 bits.
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

// The order of two places.
function comparePlaces(a: { order: number; id: string }, b: { order: number; id: string }): number {
  return a.order - b.order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

// The place of a session.
function placed(session: DescribedSession): Placed {
  return { order: hashOf(session.id), session }
}

/** Returns how many of `list`, which is in order, are at `place` or before it. */
export function countUpTo(list: readonly Placed[], place: { readonly order: number; readonly id: string }): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = list[middle]
    if (found !== undefined && comparePlaces({ order: found.order, id: found.session.id }, place) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Puts sessions into the order of pages. */
export function inOrder(sessions: readonly DescribedSession[]): Placed[] {
  return sessions
    .map(placed)
    .sort((a, b) => comparePlaces({ order: a.order, id: a.session.id }, { order: b.order, id: b.session.id }))
}

/** The ended sessions of the account. `now` is epoch ms, and never goes back. */
export class SessionHistory {
  readonly #terminatingMs: number
  readonly #maxRecords: number
  #ended: Placed[] = []
  /** By the end, oldest first. */
  readonly #byId = new Map<string, DescribedSession>()
  readonly #closing = new Map<string, DescribedSession>()

  /** `records`: ended sessions to begin with. `terminatingMs`: how long a session is Terminating. */
  constructor(records: readonly DescribedSession[] = [], { terminatingMs = 0, maxRecords = MAX_RECORDS } = {}) {
    this.#terminatingMs = terminatingMs
    this.#maxRecords = maxRecords
    const oldestFirst = [...records].sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    for (const record of oldestFirst) this.#byId.set(record.id, record)
    this.#ended = inOrder(oldestFirst)
  }

  /** Adds a session that has just ended. */
  add(record: DescribedSession): void {
    if (this.#terminatingMs === 0) this.#keep(record)
    else this.#closing.set(record.id, record)
  }

  /** The sessions that are Terminating. */
  closing(now: number): readonly DescribedSession[] {
    this.#settle(now)
    return [...this.#closing.values()].map((session) => ({ ...session, status: 'Terminating', endedAt: undefined }))
  }

  /** The ended sessions of the last 30 days, in the order of pages. */
  ended(now: number): readonly Placed[] {
    this.#settle(now)
    this.#forget(now - KEPT_MS)
    return this.#ended
  }

  /** Finds a session that ended, or is ending. */
  find(id: string): DescribedSession | undefined {
    return this.#closing.get(id) ?? this.#byId.get(id)
  }

  #settle(now: number): void {
    for (const [id, record] of this.#closing) {
      if ((record.endedAt ?? 0) + this.#terminatingMs > now) continue
      this.#closing.delete(id)
      this.#keep(record)
    }
  }

  #keep(record: DescribedSession): void {
    const entry = placed(record)
    this.#byId.set(record.id, record)
    this.#ended.splice(countUpTo(this.#ended, { order: entry.order, id: record.id }), 0, entry)
    if (this.#byId.size > this.#maxRecords) this.#drop(DROPPED)
  }

  #forget(since: number): void {
    let count = 0
    for (const { endedAt = 0 } of this.#byId.values()) {
      if (endedAt >= since) break
      count += 1
    }
    if (count > 0) this.#drop(count)
  }

  #drop(count: number): void {
    for (const id of [...this.#byId.keys()].slice(0, count)) this.#byId.delete(id)
    this.#ended = this.#ended.filter(({ session }) => this.#byId.has(session.id))
  }
}
