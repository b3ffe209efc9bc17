// The use of running sessions on its way to the ledger: the newest facts of each, and at most one line a minute for each session.

import type { SessionFacts } from '../../../shared/sessionnote'
import type { LedgerLine } from './lines'

/** A crash loses the use of the last minute. */
const LINE_MS = 60_000

interface Waiting {
  readonly facts: SessionFacts
  writtenAt: number
  isWritten: boolean
}

/** The facts of the sessions of one process. */
export class FactLines {
  readonly #now: () => number
  readonly #write: (line: LedgerLine) => void
  readonly #newest = new Map<string, Waiting>()

  /** `now` is epoch ms. `write` must not throw. */
  constructor(options: { readonly now: () => number; readonly write: (line: LedgerLine) => void }) {
    this.#now = options.now
    this.#write = options.write
  }

  /** Takes the facts of a record, which complete those before. Returns whether they are different. */
  add(id: string, facts: SessionFacts): boolean {
    const before = this.#newest.get(id)
    const all = { ...before?.facts, ...facts }
    if (before !== undefined && isSame(before.facts, all)) return false
    const now = this.#now()
    const waiting = { facts: all, writtenAt: before?.writtenAt ?? Number.NEGATIVE_INFINITY, isWritten: false }
    this.#newest.set(id, waiting)
    // The clock may have been set back.
    if (now - waiting.writtenAt >= LINE_MS || now < waiting.writtenAt) this.#put(id, waiting)
    return true
  }

  /** The facts of a record as of now. */
  of(id: string): SessionFacts | undefined {
    return this.#newest.get(id)?.facts
  }

  /** The session of a record has ended: writes what is not written, and forgets the record. */
  flush(id: string): void {
    const waiting = this.#newest.get(id)
    if (waiting?.isWritten === false) this.#put(id, waiting)
    this.#newest.delete(id)
  }

  /** Writes and forgets everything. */
  flushAll(): void {
    for (const id of this.#newest.keys()) this.flush(id)
  }

  #put(id: string, waiting: Waiting): void {
    waiting.isWritten = true
    waiting.writtenAt = this.#now()
    this.#write({ k: 'facts', id, at: waiting.writtenAt, ...waiting.facts })
  }
}

function isSame(one: SessionFacts, other: SessionFacts): boolean {
  return (
    one.localAddress === other.localAddress &&
    one.connectionsUsed === other.connectionsUsed &&
    one.bytesUp === other.bytesUp &&
    one.bytesDown === other.bytesDown &&
    one.lastUsedAt === other.lastUsedAt
  )
}
