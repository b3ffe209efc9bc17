// The history in memory: every record by its id and by the id of its session. Does not own the files.
//
// A record of an older process is kept as the line that it was read as, and parsed when it is asked for. It holds 100,000 records of
// the last 30 days, which is as long as Systems Manager keeps sessions; the oldest go first.

import { formatLine, headOf, parseLine, type LedgerLine, type WholeLine } from './lines'
import type { LedgerProcess } from './processname'
import { begunRecord, changedRecord, isOpen } from './record'

/** Systems Manager keeps the history of sessions for 30 days. */
export const KEPT_MS = 30 * 24 * 3_600_000

/** The most records: 3,300 sessions a day. */
export const MAX_RECORDS = 100_000

/** The most lines that wait for their record. */
const MAX_EARLY = 10_000

/** A record in memory. */
interface Kept {
  readonly at: number
  session: string | undefined
  /** Undefined: not parsed yet. */
  whole: WholeLine | undefined
  /** The line that it was read as; "" once it is parsed. */
  text: string
  /** Undefined: the process is dead, and its file is merged. */
  process: LedgerProcess | undefined
  /** Whether history.jsonl has the record as it is. */
  isMerged: boolean
}

function keptOf(whole: WholeLine, process: LedgerProcess | undefined): Kept {
  // Without a process it was read from history.jsonl, and needs no merging.
  const isMerged = process === undefined
  return { at: whole.at, session: whole.session, whole, text: '', process, isMerged }
}

/** A record with its process. */
export interface Found {
  readonly record: WholeLine
  /** Undefined: it is dead. */
  readonly process: LedgerProcess | undefined
}

/** The records. */
export class History {
  readonly #records = new Map<string, Kept>()
  readonly #bySession = new Map<string, string>()
  /** Lines whose record has not been read yet: files are read in no order. By the record's id. */
  #early = new Map<string, LedgerLine[]>()
  #earlyCount = 0
  /** Ids, the newest record first; undefined after a record was added or dropped. */
  #order: readonly string[] | undefined
  /** Ids of authorizations, as far as no session is known to have redeemed them. */
  readonly #unredeemed = new Set<string>()
  #broken = 0
  readonly #max: number

  /** `max`: fewer records than usual, for tests. */
  constructor(max: number = MAX_RECORDS) {
    this.#max = max
  }

  /** The number of lines that could be read only in part. */
  get broken(): number {
    return this.#broken
  }

  get size(): number {
    return this.#records.size
  }

  /**
   * Takes a line of the file of `process`; undefined: of history.jsonl. Returns the id of its record; undefined where it is no line of a
   * ledger. A line that was taken may still be found to be broken later.
   */
  take(text: string, process: LedgerProcess | undefined): string | undefined {
    const head = process === undefined ? headOf(text) : undefined
    if (head !== undefined) {
      const { id, at, session } = head
      this.#put(id, { at, session, whole: undefined, text, process: undefined, isMerged: true })
      return id
    }
    const line = parseLine(text)
    if (line !== undefined) this.apply(line, process)
    return line?.id
  }

  /** Applies a line of `process`. */
  apply(line: LedgerLine, process: LedgerProcess | undefined): void {
    const kept = this.#records.get(line.id)
    if (line.k === 'whole') this.#put(line.id, keptOf(line, process))
    else if (kept !== undefined) this.#change(line, kept, process)
    else if (line.k === 'begun') {
      const whole = begunRecord(line, process?.pid ?? 0)
      this.#put(line.id, keptOf(whole, process))
      if (line.authorizedBy !== undefined) this.#unredeemed.add(line.id)
      for (const early of this.#early.get(line.id) ?? []) this.apply(early, process)
      this.#early.delete(line.id)
    } else this.#wait(line)
  }

  /** Ends a reading of files: lines without a record are dropped. */
  settle(): void {
    this.#early = new Map()
    this.#earlyCount = 0
  }

  /** The records that history.jsonl does not have as they are, of processes that `isDead` says are dead. */
  unmerged(isDead: (process: LedgerProcess) => boolean): WholeLine[] {
    return [...this.#records.values()].flatMap(({ isMerged, process, whole }) =>
      isMerged || whole === undefined || (process !== undefined && !isDead(process)) ? [] : [whole],
    )
  }

  /** Takes note that history.jsonl has these records now. */
  merged(records: readonly WholeLine[]): void {
    for (const record of records) {
      const kept = this.#records.get(record.id)
      if (kept === undefined) continue
      kept.process = undefined
      // It may have changed while it was being written.
      kept.isMerged = kept.whole === record
    }
  }

  /** The lines of a new history.jsonl, without line breaks, the oldest record first. */
  *mergedTexts(): Generator<string> {
    for (const id of this.ids().toReversed()) {
      const kept = this.#records.get(id)
      if (kept?.isMerged === true) yield kept.whole === undefined ? kept.text : formatLine(kept.whole).trimEnd()
    }
  }

  /** The record `id`. */
  byId(id: string): Found | undefined {
    const kept = this.#records.get(id)
    if (kept === undefined) return undefined
    const record = this.#parsed(id, kept)
    return record === undefined ? undefined : { record, process: kept.process }
  }

  /** The authorizations that no session has redeemed, and that have not ended. */
  unredeemed(): readonly Found[] {
    return [...this.#unredeemed].flatMap((id) => {
      const found = this.byId(id)
      if (found !== undefined && found.record.session === undefined && isOpen(found.record)) return [found]
      this.#unredeemed.delete(id)
      return []
    })
  }

  /** The id of the record of a session. */
  idOf(sessionId: string): string | undefined {
    return this.#bySession.get(sessionId)
  }

  /** Ids of the records that began at `sinceAt` or later, the newest first. */
  ids(sinceAt = 0): readonly string[] {
    this.#order ??= [...this.#records].toSorted(([, a], [, b]) => b.at - a.at).map(([id]) => id)
    if (sinceAt === 0) return this.#order
    const end = this.#order.findIndex((id) => (this.#records.get(id)?.at ?? 0) < sinceAt)
    return end === -1 ? this.#order : this.#order.slice(0, end)
  }

  /** Whether the session of a record may be open: false without parsing it, for most. */
  mayBeOpen(id: string): boolean {
    const kept = this.#records.get(id)
    return kept !== undefined && (kept.whole !== undefined || !kept.text.includes('"state":"terminated"'))
  }

  /** Drops the records that are too old or too many; returns how many those are. */
  prune(now: number): number {
    const ids = this.ids()
    let dropped = 0
    for (let at = ids.length - 1; at >= 0; at -= 1) {
      const id = ids[at] ?? ''
      const isOld = (this.#records.get(id)?.at ?? 0) < now - KEPT_MS
      if (!isOld && at < this.#max) break
      this.#drop(id)
      dropped += 1
    }
    return dropped
  }

  #wait(line: LedgerLine): void {
    if (this.#earlyCount >= MAX_EARLY) return
    this.#earlyCount += 1
    const before = this.#early.get(line.id)
    if (before === undefined) this.#early.set(line.id, [line])
    else before.push(line)
  }

  #change(line: LedgerLine, kept: Kept, process: LedgerProcess | undefined): void {
    const before = this.#parsed(line.id, kept)
    if (before === undefined) return
    const whole = changedRecord(before, line)
    if (whole === undefined) {
      this.#drop(line.id)
      return
    }
    kept.whole = whole
    kept.isMerged = false
    // The process that starts the session of a pending authorization owns the record from then on.
    if (line.k === 'begun') kept.process = process
    if (whole.session !== undefined && whole.session !== kept.session) {
      kept.session = whole.session
      this.#bySession.set(whole.session, line.id)
    }
  }

  #put(id: string, kept: Kept): void {
    if (!this.#records.has(id)) this.#order = undefined
    this.#records.set(id, kept)
    if (kept.session !== undefined) this.#bySession.set(kept.session, id)
    // A process may run for months. Sorting is not for each record.
    if (this.#records.size > this.#max * 1.1) for (const oldest of this.ids().slice(this.#max)) this.#drop(oldest)
  }

  #drop(id: string): void {
    const kept = this.#records.get(id)
    this.#records.delete(id)
    this.#unredeemed.delete(id)
    if (kept?.session !== undefined) this.#bySession.delete(kept.session)
    this.#order = undefined
  }

  #parsed(id: string, kept: Kept): WholeLine | undefined {
    if (kept.whole !== undefined) return kept.whole
    const line = parseLine(kept.text)
    if (line?.k === 'whole') {
      kept.whole = line
      kept.text = ''
      return line
    }
    this.#broken += 1
    this.#drop(id)
    return undefined
  }
}
