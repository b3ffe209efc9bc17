// The spool of one drain: records that wait on disk until the destination has them. FOLDER/0000000001.jsonl, …, position.json
//
//   append ──► writing.ts ──► newest file … oldest file ──► next() ──► a batch ──► done()
//
// Bounded: past the limit the oldest file is dropped, but for a record for each of its sessions, which counts what is missing. A spool of
// a required drain drops nothing; `room` waits. A batch is the same until it is done, also after a restart, so that a repeat can be
// recognized. Files that were delivered are deleted. One process owns the folder: the one that holds the data directory.

import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../../shared/errors'
import { deferred, type Deferred } from '../../../../shared/deferred'
import { Queue } from '../../async/queue'
import { directoryError } from '../../store/failure'
import type { Clock } from '../time/clock'
import { idOf, readBatch, type Batch } from './batch'
import type { Chunk, Origin } from './chunk'
import { PositionFile, readPosition, type Position } from './position'
import { countRecords, readOrigins, readSegment, type Segment } from './segment'
import { summarize } from './summary'
import { MEMORY_BYTES, SpoolWriting } from './writing'

/** The limit has room for this many files, so that dropping one drops little. */
const SEGMENTS = 16
const MIN_SEGMENT_BYTES = 65_536
const MAX_SEGMENT_BYTES = 4 * 1_048_576

const FILE = /^\d{10}\.jsonl$/

/** What a spool needs. */
export interface SpoolOptions {
  /** Made where it is missing. */
  readonly folder: string
  readonly clock: Clock
  readonly limitBytes: () => number
  /** Whether nothing may be dropped. */
  readonly isRequired: () => boolean
  /** Called after each change of what waits. Must not throw. */
  readonly changed: () => void
}

/** An open spool. Disposing writes what waits in memory. */
export class Spool implements AsyncDisposable {
  readonly #options: SpoolOptions
  readonly #writing: SpoolWriting
  readonly #positionFile: PositionFile
  /** Oldest first; the newest may be the one that is written. */
  readonly #segments: Segment[]
  /** Reading, and dropping of old files, one after the other. */
  readonly #jobs = new Queue()
  #position: Position
  #origins: { readonly path: string; readonly of: Map<string, Origin> } | undefined
  /** Records of the oldest file that were delivered. */
  #doneRecords: number
  #batch: Batch | undefined
  #room: Deferred<void> | undefined
  #isDropping = false
  #isOver = false

  private constructor(options: SpoolOptions, found: { segments: Segment[]; position: Position; doneRecords: number }) {
    this.#options = options
    this.#segments = found.segments
    this.#position = found.position
    this.#doneRecords = found.doneRecords
    this.#positionFile = new PositionFile(options.folder)
    this.#writing = new SpoolWriting({
      clock: options.clock,
      segmentBytes: () => this.#segmentBytes,
      next: () => this.#next(),
      begun: (segment) => this.#segments.push(segment),
      written: () => this.reconsider(),
      lost: (records) => this.#count({ dropped: records }),
    })
  }

  /** Opens a spool, with what an earlier process has left in it. Rejects with `data-directory`. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const { folder } = options
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const position = await readPosition(folder)
      const segments: Segment[] = []
      for (const name of (await readdir(folder)).filter((each) => FILE.test(each)).toSorted()) {
        const number = Number.parseInt(name, 10)
        // Delivered, and not deleted before the process ended.
        if (number < position.segment) await rm(join(folder, name), { force: true })
        else segments.push(await readSegment(join(folder, name), number))
      }
      const [oldest] = segments
      const isWithin = oldest?.number === position.segment && position.offset <= oldest.bytes
      const at = isWithin ? position : { ...position, segment: oldest?.number ?? position.segment, offset: 0, tried: 0 }
      return new Spool(options, {
        segments,
        position: at,
        doneRecords: isWithin ? await countRecords(oldest.path, position.offset) : 0,
      })
    } catch (error) {
      throw error instanceof AppError ? error : directoryError(folder, 'used as the spool of a drain', error)
    }
  }

  /** What waits. */
  get waiting(): { readonly records: number; readonly bytes: number; readonly oldestAt?: number } {
    const records = this.#writing.waitingRecords + sum(this.#segments.map((each) => each.records)) - this.#doneRecords
    const oldestAt = this.#batch?.records[0]?.at ?? this.#segments.find((each) => each.records > 0)?.firstAt
    return { records, bytes: this.#bytes, ...(records === 0 || oldestAt === undefined ? {} : { oldestAt }) }
  }

  /** The counters of the drain, over restarts. */
  get counts(): Pick<Position, 'delivered' | 'dropped' | 'refused'> {
    return this.#position
  }

  /** Why the disk does not take records; undefined: it does. */
  get problem(): Error | undefined {
    return this.#writing.problem
  }

  /** What waits, as a share of the limit. */
  get share(): number {
    return this.#bytes / this.#options.limitBytes()
  }

  /** Whether a required drain has no room: `room` waits then. */
  get isFull(): boolean {
    const isFull = this.share >= 1 || this.#writing.waitingBytes >= MEMORY_BYTES / 2
    return isFull && this.#options.isRequired() && !this.#isOver
  }

  /** Takes records. Never throws, never waits. */
  append(chunk: Chunk): void {
    this.#writing.add(chunk)
    this.#options.changed()
  }

  /** Resolves when more may be appended; undefined: at once. */
  room(): Promise<void> | undefined {
    if (!this.isFull) return undefined
    this.#room ??= deferred()
    return this.#room.promise
  }

  /** The oldest records, the same until they are done. Undefined: nothing waits on disk. Rejects as the system does. */
  next(): Promise<Batch | undefined> {
    return this.#jobs.run(async () => {
      if (this.#batch !== undefined) return this.#batch
      for (;;) {
        const [oldest] = this.#segments
        if (oldest === undefined || this.#isOver) return undefined
        if (this.#position.segment !== oldest.number) this.#moveTo(oldest.number, 0)
        if (this.#position.offset < oldest.bytes) {
          const batch = await this.#read(oldest)
          if (batch === undefined) continue
          this.#batch = batch
          this.#position = { ...this.#position, tried: batch.end }
          await this.#positionFile.write(this.#position)
          return batch
        }
        if (oldest === this.#writing.segment) return undefined
        await this.#remove(oldest)
      }
    })
  }

  /** The batch of `next` is delivered, except for those of its records that the destination refuses for good. */
  async done({ refused }: { readonly refused: number }): Promise<void> {
    const batch = this.#batch
    if (batch === undefined) return
    this.#batch = undefined
    this.#doneRecords += batch.records.length
    this.#moveTo(batch.segment.number, batch.end)
    this.#count({ delivered: batch.records.length - refused, refused })
    await this.#positionFile.write(this.#position)
    await this.reconsider()
  }

  /** Drops the oldest files while there are too many, and tells those that wait for room. Called after each change of the limits too. */
  async reconsider(): Promise<void> {
    if (!this.isFull) {
      this.#room?.resolve()
      this.#room = undefined
    }
    this.#options.changed()
    if (this.#isDropping || this.#options.isRequired()) return
    this.#isDropping = true
    try {
      while (!this.#isOver && this.#bytes > this.#options.limitBytes()) {
        // A file that cannot be dropped stays: the next write tries again.
        if (!(await this.#jobs.run(() => this.#dropOldest()).catch(() => false))) break
      }
    } finally {
      this.#isDropping = false
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#room?.resolve()
    await this.#writing[Symbol.asyncDispose]()
    await this.#jobs.idle()
    await this.#positionFile.write(this.#position)
  }

  /** Deletes the spool. */
  async remove(): Promise<void> {
    await this[Symbol.asyncDispose]()
    await rm(this.#options.folder, { recursive: true, force: true })
  }

  get #segmentBytes(): number {
    const share = Math.floor(this.#options.limitBytes() / SEGMENTS)
    return Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, share))
  }

  get #bytes(): number {
    const [oldest] = this.#segments
    const done = oldest?.number === this.#position.segment ? this.#position.offset : 0
    return this.#writing.waitingBytes + sum(this.#segments.map((each) => each.bytes)) - done
  }

  #next(): Segment {
    const number = Math.max(this.#segments.at(-1)?.number ?? 0, this.#position.segment) + 1
    const path = join(this.#options.folder, `${String(number).padStart(10, '0')}.jsonl`)
    return { path, number, bytes: 0, records: 0, firstAt: undefined, isSummary: false }
  }

  #moveTo(segment: number, offset: number): void {
    this.#position = { ...this.#position, segment, offset, tried: 0 }
  }

  #count(more: Partial<Pick<Position, 'delivered' | 'dropped' | 'refused'>>): void {
    const { delivered, dropped, refused } = this.#position
    this.#position = {
      ...this.#position,
      delivered: delivered + (more.delivered ?? 0),
      dropped: dropped + (more.dropped ?? 0),
      refused: refused + (more.refused ?? 0),
    }
    this.#options.changed()
  }

  /** Undefined: these lines hold no records; the position is behind them then. */
  async #read(segment: Segment): Promise<Batch | undefined> {
    const { offset, tried } = this.#position
    if (this.#origins?.path !== segment.path) {
      this.#origins = { path: segment.path, of: await readOrigins(segment.path, offset) }
    }
    const to = tried > offset ? Math.min(tried, segment.bytes) : segment.bytes
    const { records, end, broken } = await readBatch(segment.path, { from: offset, to, origins: this.#origins.of })
    if (broken > 0) this.#count({ dropped: broken })
    if (records.length > 0) return { id: idOf(records), records, segment, end }
    this.#moveTo(segment.number, end)
    return undefined
  }

  async #remove(segment: Segment): Promise<void> {
    const index = this.#segments.indexOf(segment)
    if (index === 0) this.#doneRecords = 0
    this.#segments.splice(index, 1)
    // One that stays is deleted at the next start: the position is behind it.
    await rm(segment.path, { force: true }).catch(() => undefined)
  }

  /** Puts a summary in the place of the oldest file that no batch is being sent from. False: there is none. */
  async #dropOldest(): Promise<boolean> {
    const free = this.#segments.filter((each) => each !== this.#batch?.segment && each !== this.#writing.segment)
    const [first, second] = free
    if (first === undefined) return false
    // Two summaries become one, so that they do not fill the spool.
    const isJoined = first.isSummary && second !== undefined
    if (first.isSummary && !isJoined) return false
    const target = isJoined ? second : first
    const sources = isJoined ? [first, second] : [first]
    const { bytes, records, firstAt, dropped } = await summarize(
      target.path,
      sources.map((each) => ({ ...each, from: each.number === this.#position.segment ? this.#position.offset : 0 })),
    )
    if (this.#origins?.path === target.path) this.#origins = undefined
    const isOldest = this.#segments[0] === first
    if (isJoined) await this.#remove(first)
    if (isOldest) {
      this.#doneRecords = 0
      this.#moveTo(target.number, 0)
    }
    Object.assign(target, { bytes, records, firstAt, isSummary: true })
    this.#count({ dropped })
    return true
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
