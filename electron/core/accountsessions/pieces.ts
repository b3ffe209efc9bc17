// The pieces of work of one environment of a list, and which comes next. Each piece is a query of AWS that is read page by page.
//
//   active    every session that has not ended: at the beginning, and again at each poll
//   history   the ended sessions of a time: at the beginning, and where a person asks for older ones
//   missed    one session that was active at the poll before and is not any more, read by its id
//   recent    sessions that began since the last look at the history: those that were too short for two polls
//
// A poll comes before the pages of a history, which may take minutes.

import type { ListedSession, SessionPages } from '../../../shared/sessionlisting'

/** Sessions that are read by their id after one poll. More of them are read together. */
const MAX_MISSED = 10

/** A query under way. */
export interface Piece {
  readonly kind: 'active' | 'history' | 'missed' | 'recent'
  readonly pages: SessionPages
  /** Ids that have come so far. */
  readonly seen: Set<string>
  /** Of `missed`: the session. Of `history`: the time that is loaded when it is done. */
  readonly sessionId?: string
  readonly sinceAt?: number
}

/** The pieces that are waiting or under way. */
export class Pieces {
  #active: Piece | undefined
  #short: Piece[] = []
  #history: Piece[] = []

  /** Whether there is something to do. */
  get isEmpty(): boolean {
    return this.next === undefined
  }

  /** Whether pages of the history are still to come. */
  get hasHistory(): boolean {
    return this.#history.length > 0
  }

  /** Whether a poll is under way or waiting. */
  get hasActive(): boolean {
    return this.#active !== undefined
  }

  /** The piece whose page comes next. */
  get next(): Piece | undefined {
    return this.#active ?? this.#short[0] ?? this.#history[0]
  }

  addActive(pages: SessionPages): void {
    this.#active ??= { kind: 'active', pages, seen: new Set() }
  }

  addHistory(pages: SessionPages, sinceAt: number): void {
    this.#history.push({ kind: 'history', pages, seen: new Set(), sinceAt })
  }

  addRecent(pages: SessionPages): void {
    if (!this.#short.some(({ kind }) => kind === 'recent')) this.#short.push({ kind: 'recent', pages, seen: new Set() })
  }

  /** Adds what is needed to learn how sessions have ended. Those that are left over are returned: they are to be looked for later. */
  addMissed(ids: readonly string[], open: (sessionId: string) => SessionPages): readonly string[] {
    const waiting = new Set(this.#short.map(({ sessionId }) => sessionId))
    const room = Math.max(0, MAX_MISSED - this.#short.length)
    const fresh = ids.filter((id) => !waiting.has(id))
    for (const sessionId of fresh.slice(0, room))
      this.#short.push({ kind: 'missed', pages: open(sessionId), seen: new Set(), sessionId })
    return fresh.slice(room)
  }

  /** A piece is done, or not wanted any more. */
  remove(piece: Piece): void {
    if (this.#active === piece) this.#active = undefined
    this.#short = this.#short.filter((one) => one !== piece)
    this.#history = this.#history.filter((one) => one !== piece)
  }

  /** Loads no more of the history. */
  dropHistory(): void {
    this.#history = []
  }

  /** Drops all of it: the environment is another one now. */
  clear(): void {
    this.#active = undefined
    this.#short = []
    this.#history = []
  }
}

/** The ids of a page that a piece has not had before. */
export function freshOf(piece: Piece, page: readonly ListedSession[]): readonly ListedSession[] {
  const fresh = page.filter(({ sessionId }) => !piece.seen.has(sessionId))
  for (const { sessionId } of fresh) piece.seen.add(sessionId)
  return fresh
}
