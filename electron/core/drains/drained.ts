// The output of one session on its way to the drains of its environment: bytes become records, which each drain's spool takes.
//
// Records are made once for all drains that want them stripped, and once for those that want them raw; each kind counts its own sequence.
// A drain that is switched off while the session runs gets nothing; when it is on again, a record tells how many it has missed.

import { randomBytes } from 'node:crypto'
import type { Capture, CaptureSubject } from '../capture/capture'
import type { Line } from './records/lines'
import { Records } from './records/records'
import type { RunningDrain } from './running'
import { chunksOf, droppedChunk, type Chunk, type Origin } from './spool/chunk'
import type { Clock } from './time/clock'

/** A line that has not gone on for this long is told as far as it has come. */
const QUIET_MS = 1_000

/** A terminal that is restarted again and again has this many sessions at most in mind. */
const MAX_SESSIONS = 100

interface Numbered {
  readonly key: string
  readonly origin: Origin
  next: number
}

/** One way to make records, and the drains that want them so. */
class Stream {
  readonly records: Records
  readonly #drains: readonly RunningDrain[]
  readonly #subject: CaptureSubject
  readonly #sessions = new Map<string, Numbered>()
  /** What a drain that is off has missed: the last chunk, and how many records in all. */
  readonly #missed = new Map<RunningDrain, { chunk: Chunk; count: number }>()

  constructor(subject: CaptureSubject, drains: readonly RunningDrain[], isRaw: boolean) {
    this.#subject = subject
    this.#drains = drains
    this.records = new Records({ isRaw })
  }

  take(lines: readonly Line[], at: number): void {
    if (lines.length === 0) return
    const session = this.#session()
    const chunks = chunksOf(session, { at, first: session.next, lines })
    session.next += lines.length
    for (const drain of this.#drains) for (const chunk of chunks) this.#give(drain, chunk)
  }

  #give(drain: RunningDrain, chunk: Chunk): void {
    const missed = this.#missed.get(drain)
    if (missed !== undefined) {
      const { chunk: last, count } = missed
      const sequence = last.first + last.records - 1
      if (drain.append(droppedChunk(last, { at: last.at, sequence, count }))) this.#missed.delete(drain)
    }
    if (!drain.append(chunk)) this.#missed.set(drain, { chunk, count: (missed?.count ?? 0) + chunk.records })
  }

  #session(): Numbered {
    const sessionId = this.#subject.sessionId()
    const known = this.#sessions.get(sessionId)
    if (known !== undefined) return known
    const { environment, region, account, target, targetName } = this.#subject
    const { operationId, operationUserName, operationUserEmail } = this.#subject
    const user = { operationId, operationUserName, operationUserEmail }
    const origin = { sessionId, environment, region, account, target, targetName, ...user }
    const session = { key: randomBytes(6).toString('base64url'), origin, next: 1 }
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest)
    this.#sessions.set(sessionId, session)
    return session
  }
}

/** Takes the output of one session for some drains. */
export class Drained implements Capture {
  readonly #drains: readonly RunningDrain[]
  readonly #clock: Clock
  readonly #streams: readonly Stream[]
  #lastAt = 0
  #cancelQuiet: (() => void) | undefined
  #isOver = false

  constructor(subject: CaptureSubject, drains: readonly RunningDrain[], clock: Clock) {
    this.#drains = drains
    this.#clock = clock
    this.#streams = [false, true].flatMap((isRaw) => {
      const own = drains.filter(({ drain }) => drain.isRaw === isRaw)
      return own.length === 0 ? [] : [new Stream(subject, own, isRaw)]
    })
  }

  output(bytes: Uint8Array): void {
    if (this.#isOver) return
    this.#lastAt = this.#clock.now()
    for (const stream of this.#streams) stream.take(stream.records.take(bytes), this.#lastAt)
    this.#cancelQuiet ??= this.#clock.after(QUIET_MS, () => this.#quiet())
  }

  resize(): void {
    // Records are text: they have no size.
  }

  resumed(): void {
    // A resumed session loses no output.
  }

  room(): Promise<void> | undefined {
    const rooms = this.#drains.map((drain) => drain.room()).filter((room) => room !== undefined)
    return rooms.length === 0 ? undefined : Promise.all(rooms).then(() => undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true
      this.#cancelQuiet?.()
      const at = this.#clock.now()
      for (const stream of this.#streams) stream.take(stream.records.end(), at)
    }
    return Promise.resolve()
  }

  #quiet(): void {
    const at = this.#clock.now()
    const leftMs = this.#lastAt + QUIET_MS - at
    if (leftMs > 0) {
      this.#cancelQuiet = this.#clock.after(leftMs, () => this.#quiet())
      return
    }
    this.#cancelQuiet = undefined
    for (const stream of this.#streams) {
      const rest = stream.records.rest()
      if (rest !== undefined) stream.take([rest], at)
    }
  }
}
