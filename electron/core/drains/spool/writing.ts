// The end of a spool that is written: chunks wait in memory, within a bound, and are appended to the newest file in their order.
//
// Each file names the sessions of its records before their first ones. A failed write is taken back and made again after a second. What
// the memory does not hold is dropped, and a record in its place counts it. Files are flushed once a second while they grow, and when they
// are full: a crash of Culvert loses nothing that was written, a power cut at most the last second.
//
// Owns the newest file. Does not own the older ones, and what is dropped of them (spool.ts).

import { open, type FileHandle } from 'node:fs/promises'
import { deferred, type Deferred } from '../../../../shared/deferred'
import type { Clock } from '../time/clock'
import { droppedChunk, sessionBytes, type Chunk } from './chunk'
import type { Segment } from './segment'

/** The most that waits for the disk. A disk takes it within a second. */
export const MEMORY_BYTES = 8 * 1_048_576

/** Chunks that come within this time are written together, up to this size: a write costs more than most of them. */
const GATHER_MS = 50
const GATHERED_BYTES = 524_288

const RETRY_MS = 1_000
const FLUSH_MS = 1_000

/** What writing needs. No callback may throw. */
export interface WritingOptions {
  readonly clock: Clock
  /** The size at which another file is begun. */
  readonly segmentBytes: () => number
  /** The next file, which is not there yet. */
  readonly next: () => Segment
  /** Called once it is there. */
  readonly begun: (segment: Segment) => void
  /** Called after each write, and after each failed one. */
  readonly written: () => void | Promise<void>
  /** Called with the number of records that were dropped. */
  readonly lost: (records: number) => void
}

interface Loss {
  readonly chunk: Chunk
  count: number
}

/** The writing end. Disposing writes what waits, once. */
export class SpoolWriting implements AsyncDisposable {
  readonly #options: WritingOptions
  #waiting: Chunk[] = []
  #waitingBytes = 0
  #waitingRecords = 0
  /** What was dropped since the last chunk, by session. */
  readonly #losses = new Map<string, Loss>()
  /** Never rejects. */
  #running: Promise<void> | undefined
  /** Resolved where a write does not wait for more chunks. */
  #gathered: Deferred<void> | undefined
  #file: FileHandle | undefined
  #segment: Segment | undefined
  #named = new Set<string>()
  #flushedAt = 0
  #problem: Error | undefined
  #cancelRetry: (() => void) | undefined
  #isOver = false

  constructor(options: WritingOptions) {
    this.#options = options
  }

  /** Why the last write has failed; undefined: it has not. */
  get problem(): Error | undefined {
    return this.#problem
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  get waitingRecords(): number {
    return this.#waitingRecords
  }

  /** The file that is being written; undefined: none was begun. */
  get segment(): Segment | undefined {
    return this.#segment
  }

  /** Takes a chunk. Never throws, never waits. */
  add(chunk: Chunk): void {
    if (this.#isOver) return
    if (this.#waitingBytes + chunk.bytes.length > MEMORY_BYTES) return this.#lose(chunk)
    for (const { chunk: last, count } of this.#losses.values()) {
      const sequence = last.first + last.records - 1
      this.#keep(droppedChunk(last, { at: last.at, sequence, count }))
    }
    this.#losses.clear()
    this.#keep(chunk)
    if (this.#cancelRetry === undefined) this.#running ??= this.#writeAll()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#gathered?.resolve()
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    await this.#running
    if (this.#waiting.length > 0) await this.#writeAll()
    await this.#close()
  }

  #keep(chunk: Chunk): void {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.bytes.length
    this.#waitingRecords += chunk.records
    if (this.#waitingBytes >= GATHERED_BYTES) this.#gathered?.resolve()
  }

  #lose(chunk: Chunk): void {
    const count = (this.#losses.get(chunk.key)?.count ?? 0) + chunk.records
    this.#losses.set(chunk.key, { chunk, count })
    this.#options.lost(chunk.records)
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await this.#gather()
        await this.#writeSome()
      }
      this.#problem = undefined
    } catch (error) {
      this.#problem = error instanceof Error ? error : new Error(String(error))
      await this.#close().catch(() => undefined)
      if (!this.#isOver) {
        this.#cancelRetry = this.#options.clock.after(RETRY_MS, () => {
          this.#cancelRetry = undefined
          if (!this.#isOver) this.#running ??= this.#writeAll()
        })
      }
    } finally {
      this.#running = undefined
    }
    await this.#options.written()
  }

  /** Waits for more chunks. The time of the system: what it delays is no more than a slow disk does. */
  async #gather(): Promise<void> {
    if (this.#isOver || this.#waitingBytes >= GATHERED_BYTES) return
    this.#gathered = deferred()
    const timer = setTimeout(this.#gathered.resolve, GATHER_MS)
    await this.#gathered.promise
    clearTimeout(timer)
  }

  /** Writes what fits into the present file. */
  async #writeSome(): Promise<void> {
    const { clock, segmentBytes, next, begun } = this.#options
    if (this.#segment !== undefined && this.#segment.bytes >= segmentBytes()) await this.#close()
    if (this.#file === undefined || this.#segment === undefined) {
      const begin = next()
      this.#file = await open(begin.path, 'ax', 0o600)
      this.#segment = begin
      this.#named = new Set()
      begun(begin)
    }
    const segment = this.#segment
    const named: string[] = []
    const pieces: Buffer[] = []
    let bytes = 0
    let taken = 0
    for (const chunk of this.#waiting) {
      if (taken > 0 && segment.bytes + bytes >= segmentBytes()) break
      if (!this.#named.has(chunk.key) && !named.includes(chunk.key)) {
        named.push(chunk.key)
        pieces.push(sessionBytes(chunk))
      }
      pieces.push(chunk.bytes)
      bytes += chunk.bytes.length
      taken += 1
    }
    const whole = Buffer.concat(pieces)
    try {
      await this.#file.appendFile(whole)
      if (clock.now() - this.#flushedAt >= FLUSH_MS) {
        await this.#file.datasync()
        this.#flushedAt = clock.now()
      }
    } catch (error) {
      // Written again later: a part of it must not stay.
      await this.#file.truncate(segment.bytes).catch(() => undefined)
      throw error
    }
    for (const key of named) this.#named.add(key)
    const done = this.#waiting.splice(0, taken)
    for (const chunk of done) {
      this.#waitingBytes -= chunk.bytes.length
      this.#waitingRecords -= chunk.records
      segment.records += chunk.records
    }
    segment.firstAt ??= done[0]?.at
    segment.bytes += whole.length
    await this.#options.written()
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    this.#segment = undefined
    if (file === undefined) return
    try {
      await file.datasync()
    } finally {
      await file.close()
    }
  }
}
