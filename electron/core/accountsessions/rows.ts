// The rows of a list of sessions, with revisions: a reader asks what has changed since the revision that it has.
//
// Each change of a row has a revision of its own, one higher than the change before. A log names the changes in their order; an entry
// whose row has changed again since is skipped. Removed ids are remembered up to a bound: a reader that is older than the bound must begin
// anew.

import { AppError } from '../../../shared/errors'
import type { AccountSession } from '../../../shared/model/accountsession'

/** A list holds this many rows: more are not shown, and the state of the list says so. */
const MAX_ROWS = 100_000

/** Removed ids that are remembered. */
const MAX_GONE = 10_000

/** The log is rewritten when it has this many entries that are skipped. */
const MAX_STALE = 50_000

interface Entry {
  readonly revision: number
  readonly id: string
}

/** The changes since a revision. */
export interface RowChanges {
  readonly set: readonly AccountSession[]
  readonly gone: readonly string[]
  readonly revision: number
  readonly hasMore: boolean
}

/** Rows by id. */
export class Rows {
  readonly #max: number
  readonly #rows = new Map<string, { readonly row: AccountSession; readonly revision: number }>()
  /** Revisions of removed ids. */
  readonly #gone = new Map<string, number>()
  /** Ascending by revision. */
  #log: Entry[] = []
  #revision = 0
  /** Readers with an older revision may have missed a removal that is forgotten. */
  #floor = 0
  #isCut = false

  constructor(max: number = MAX_ROWS) {
    this.#max = max
  }

  get size(): number {
    return this.#rows.size
  }

  /** Whether rows were left out because the list was full. */
  get isCut(): boolean {
    return this.#isCut
  }

  get(id: string): AccountSession | undefined {
    return this.#rows.get(id)?.row
  }

  *all(): Generator<AccountSession> {
    for (const { row } of this.#rows.values()) yield row
  }

  /**
   * Adds or replaces a row; an equal one changes nothing. In a full list an ended session is left out, and an open one takes the place of
   * an ended one.
   */
  set(row: AccountSession): void {
    const before = this.#rows.get(row.id)
    if (before !== undefined && isSameRow(before.row, row)) return
    if (before === undefined && this.#rows.size >= this.#max && !this.#makeRoom(row)) return
    this.#revision += 1
    this.#rows.set(row.id, { row, revision: this.#revision })
    this.#gone.delete(row.id)
    this.#note(row.id)
  }

  /** Removes a row. */
  delete(id: string): void {
    if (!this.#rows.delete(id)) return
    this.#revision += 1
    this.#gone.set(id, this.#revision)
    this.#note(id)
    if (this.#gone.size <= MAX_GONE) return
    for (const [first, revision] of this.#gone) {
      this.#floor = revision
      this.#gone.delete(first)
      break
    }
  }

  /** At most `max` changes after `revision`, oldest first. Throws `usage` where removals since then are forgotten. */
  since(revision: number, max: number): RowChanges {
    if (revision > 0 && revision < this.#floor) {
      throw new AppError('usage', 'The list of sessions has changed too much since it was last read: open it again.')
    }
    const set: AccountSession[] = []
    const gone: string[] = []
    let reached = revision
    for (let index = this.#after(revision); index < this.#log.length; index += 1) {
      const entry = this.#log[index]
      if (entry === undefined) break
      const known = this.#rows.get(entry.id)
      const isRow = known?.revision === entry.revision
      const isGone = this.#gone.get(entry.id) === entry.revision
      // A reader that begins has nothing to remove.
      if (isRow || (isGone && revision > 0)) {
        if (set.length + gone.length >= max) return { set, gone, revision: reached, hasMore: true }
        if (isRow) set.push(known.row)
        else gone.push(entry.id)
      }
      reached = entry.revision
    }
    return { set, gone, revision: reached, hasMore: false }
  }

  /** Makes room for an open session in a full list. */
  #makeRoom(row: AccountSession): boolean {
    this.#isCut = true
    if (row.state === 'terminated') return false
    for (const { row: old } of this.#rows.values()) {
      if (old.state !== 'terminated') continue
      this.delete(old.id)
      return true
    }
    return false
  }

  #note(id: string): void {
    this.#log.push({ revision: this.#revision, id })
    if (this.#log.length < this.#rows.size + this.#gone.size + MAX_STALE) return
    this.#log = this.#log.filter(
      (entry) => (this.#rows.get(entry.id)?.revision ?? this.#gone.get(entry.id)) === entry.revision,
    )
  }

  /** The index of the first entry after `revision`. */
  #after(revision: number): number {
    let low = 0
    let high = this.#log.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#log[middle]?.revision ?? 0) <= revision) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Whether two rows say the same. */
function isSameRow(one: AccountSession, other: AccountSession): boolean {
  const { carrier, place, ...fields } = one
  const { carrier: otherCarrier, place: otherPlace, ...otherFields } = other
  if (place !== otherPlace || JSON.stringify(carrier) !== JSON.stringify(otherCarrier)) return false
  const [names, values] = [Object.entries(fields), new Map<string, unknown>(Object.entries(otherFields))]
  return names.length === values.size && names.every(([name, value]) => values.get(name) === value)
}
