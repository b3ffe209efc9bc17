// Writes one recording. Owns its file and its queue.
//
// A terminal never waits for it: output is queued, and written in batches. Where the disk is slower than the output, or cannot be written,
// the queue fills up to its bound, and what comes then is missing. A marker in the recording says how much, and `problem` says why. A
// failed batch is written again at the same place until that works, so an error leaves no half line. A file that has been removed is made
// again. Times are of a clock that only goes forward.

import type { FileHandle } from 'node:fs/promises'
import { stat } from 'node:fs/promises'
import { asError } from '../../../shared/errors'
import type { TerminalSize } from '../../../shared/model/terminal'
import type { Capture } from '../capture/capture'
import { settledWithin } from '../async/closing'
import { encodeEvent, encodeHeader, encodeSize, HEADER_BYTES, OutputEncoder, type CastHeader } from './cast'
import { createFile, reasonOf } from './place'

/** The output that waits. */
const QUEUE_BYTES = 8 * 1_024 * 1_024
const QUEUE_ENTRIES = 100_000
/** The output of one write. */
const BATCH_BYTES = 512 * 1_024
/** How long output waits for more of it. */
const FLUSH_MS = 100
/** How long a failed write is left alone. */
const RETRY_MS = 1_000
/** How long the end of a session waits for its recording. */
const END_MS = 2_000

const MISSING = 'Output is missing: it came faster than the disk takes it. Look at the markers of the recording.'

/** What waits to be written. `at`: ms since the start. */
type Waiting =
  | { readonly kind: 'output'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'size'; readonly at: number; readonly size: TerminalSize }
  | { readonly kind: 'marker'; readonly at: number; readonly text: string }
  | { readonly kind: 'gap'; readonly at: number; missing: number }

/** What a recording needs. */
export interface RecordingWriterOptions {
  readonly path: string
  /** The open, empty file at `path`, which the writer owns. */
  readonly file: FileHandle
  readonly header: CastHeader
  /** Monotonic, ms. */
  readonly now: () => number
  /** Called when `problem` has changed. Must not throw. */
  readonly changed: () => void
  /** Absent: as a person's recordings have it. */
  readonly limits?: Partial<{
    readonly queueBytes: number
    readonly flushMs: number
    readonly retryMs: number
    readonly endMs: number
  }>
}

/** A recording that is being written. Disposing writes what waits, for 2 s at most, and closes the file. */
export class RecordingWriter implements Capture {
  readonly #options: RecordingWriterOptions
  readonly #limits
  readonly #startedAt: number
  readonly #encoder = new OutputEncoder()
  #file: FileHandle
  #header: CastHeader
  #queue: Waiting[] = []
  #queuedBytes = 0
  /** Encoded and not written yet, at `#position`. */
  #batch: Buffer | undefined
  #position = 0
  #lastAt = 0
  #gaps = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #problem: string | undefined
  /** Why the recording has gaps; undefined: it has none. */
  #missing: string | undefined
  /** Set while nothing can be written. */
  #failure: string | undefined
  #isOver = false
  #closed: Promise<void> | undefined

  constructor(options: RecordingWriterOptions) {
    this.#options = options
    this.#limits = { queueBytes: QUEUE_BYTES, flushMs: FLUSH_MS, retryMs: RETRY_MS, endMs: END_MS, ...options.limits }
    this.#file = options.file
    this.#header = options.header
    this.#startedAt = options.now()
    this.#batch = encodeHeader(options.header)
    this.#later(0)
  }

  /** Why output is missing, or was missing; undefined where none is. */
  get problem(): string | undefined {
    return this.#problem
  }

  output(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#isOver) return
    const at = this.#now()
    if (this.#queuedBytes + bytes.length > this.#limits.queueBytes || this.#queue.length >= QUEUE_ENTRIES) {
      const last = this.#queue.at(-1)
      if (last?.kind === 'gap') last.missing += bytes.length
      else this.#push({ kind: 'gap', at, missing: bytes.length })
      this.#missing ??= MISSING
      this.#tell(this.#failure ?? this.#missing)
      return
    }
    this.#queuedBytes += bytes.length
    this.#push({ kind: 'output', at, bytes })
  }

  resize(size: TerminalSize): void {
    if (!this.#isOver) this.#push({ kind: 'size', at: this.#now(), size })
  }

  resumed(pausedMs: number): void {
    const text = `Connection lost and resumed after ${String(Math.round(pausedMs / 1_000))} s`
    if (!this.#isOver) this.#push({ kind: 'marker', at: this.#now(), text })
  }

  /** A recording never makes a session wait. */
  room(): undefined {
    return undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#closed ??= this.#close()
    return this.#closed
  }

  #now(): number {
    return this.#options.now() - this.#startedAt
  }

  #push(waiting: Waiting): void {
    const last = this.#queue.at(-1)
    // Many sizes and markers of a time in which nothing can be written: the last size is the one that counts.
    if (last?.kind === 'size' && waiting.kind === 'size') this.#queue.pop()
    if (this.#queue.length >= QUEUE_ENTRIES && waiting.kind !== 'gap') return
    this.#queue.push(waiting)
    this.#later(this.#queuedBytes >= BATCH_BYTES ? 0 : this.#limits.flushMs)
  }

  /** Writes after `ms`, unless a write is under way or planned: that one goes on with what waits. */
  #later(ms: number): void {
    if (this.#writing !== undefined) return
    if (this.#timer !== undefined && ms > 0) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#start(), ms)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#writing !== undefined) return
    let retryMs = this.#limits.flushMs
    this.#writing = this.#write()
      .catch((error: unknown) => {
        retryMs = this.#limits.retryMs
        this.#failure = `Nothing is recorded now: ${this.#options.path} cannot be written: ${reasonOf(error)}.`
        this.#tell(this.#failure)
      })
      .finally(() => {
        this.#writing = undefined
        if (!this.#isOver && (this.#batch !== undefined || this.#queue.length > 0)) this.#later(retryMs)
      })
  }

  /** Writes all that waits. Rejects as the system does; the failed batch is kept. */
  async #write(): Promise<void> {
    await this.#sameFile()
    for (;;) {
      this.#batch ??= this.#encode()
      if (this.#batch === undefined) return
      let written = 0
      while (written < this.#batch.length) {
        const rest = this.#batch.length - written
        written += (await this.#file.write(this.#batch, written, rest, this.#position + written)).bytesWritten
      }
      this.#position += this.#batch.length
      this.#batch = undefined
      if (this.#failure === undefined) continue
      this.#failure = undefined
      this.#tell(this.#missing)
    }
  }

  /** Makes the file again where it has been removed. */
  async #sameFile(): Promise<void> {
    const { path } = this.#options
    const [own, there] = await Promise.all([this.#file.stat(), stat(path).catch((error: unknown) => asError(error))])
    if (!(there instanceof Error) && there.ino === own.ino && there.dev === own.dev) return
    const file = await createFile(path)
    await this.#file.close().catch(() => undefined)
    this.#file = file
    const lost = Math.max(0, this.#position - HEADER_BYTES)
    const waits = this.#position === 0 ? Buffer.alloc(0) : this.#batch
    this.#gaps += lost > 0 ? 1 : 0
    const marker =
      lost === 0 ? '' : encodeEvent(this.#lastAt, 'm', `The file was removed: ${count(lost)} of it are missing`)
    this.#position = 0
    this.#batch = Buffer.concat([encodeHeader(this.#headerNow()), Buffer.from(marker), waits ?? Buffer.alloc(0)])
    if (lost === 0) return
    this.#missing = 'Output is missing: the file of the recording was removed. What came since is in a new file.'
    this.#tell(this.#missing)
  }

  /** Takes what waits, up to the size of a batch. */
  #encode(): Buffer | undefined {
    if (this.#queue.length === 0) return undefined
    let lines = ''
    let taken = 0
    let bytes = 0
    for (const waiting of this.#queue) {
      if (bytes >= BATCH_BYTES) break
      taken += 1
      this.#lastAt = waiting.at
      switch (waiting.kind) {
        case 'output':
          bytes += waiting.bytes.length
          lines += this.#encoder.encode(waiting.at, waiting.bytes)
          break
        case 'size':
          lines += encodeSize(waiting.at, waiting.size)
          break
        case 'marker':
          lines += encodeEvent(waiting.at, 'm', waiting.text)
          break
        case 'gap':
          this.#gaps += 1
          lines += this.#encoder.flush(waiting.at)
          lines += encodeEvent(waiting.at, 'm', `${count(waiting.missing)} of output are missing here`)
      }
    }
    this.#queue = this.#queue.slice(taken)
    this.#queuedBytes -= bytes
    return Buffer.from(lines)
  }

  #headerNow(): CastHeader {
    return { ...this.#header, culvert: { ...this.#header.culvert, gaps: this.#gaps } }
  }

  #tell(problem: string | undefined): void {
    if (this.#problem === problem) return
    this.#problem = problem
    this.#options.changed()
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer)
    const ending = async (): Promise<void> => {
      await this.#writing
      this.#start()
      await this.#writing
      const rest = Buffer.from(this.#encoder.flush(this.#lastAt))
      if (rest.length > 0 && this.#batch === undefined) await this.#file.write(rest, 0, rest.length, this.#position)
      const header = this.#headerNow()
      const durationMs = Math.round(this.#lastAt)
      const endedAt = Math.round(this.#header.timestamp * 1_000 + this.#now())
      const ended = encodeHeader({ ...header, culvert: { ...header.culvert, durationMs, endedAt } })
      if (this.#batch === undefined) await this.#file.write(ended, 0, ended.length, 0)
    }
    await settledWithin(ending(), this.#limits.endMs)
    await settledWithin(this.#file.close(), this.#limits.endMs)
  }
}

/** "12,345 bytes" */
function count(bytes: number): string {
  return `${bytes.toLocaleString('en')} bytes`
}
