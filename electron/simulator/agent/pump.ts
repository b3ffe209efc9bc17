// One output loop of an agent: bytes in, messages of at most 1,024 bytes out, one a millisecond.
//
// The agent reads up to 1,024 bytes, sends them, sleeps a millisecond. A timer of this process cannot keep a
// millisecond, so a late tick may send what it owes: the average is 1,024 bytes a millisecond, never a burst after idle.
// Without pacing it sends while the session has room. The queue is bounded by its writer: `write` returns false when
// it holds enough, `onRoom` tells when it has drained. Source: specification §7.1, §8.5, §9.2.

import { deferred, type Deferred } from '../../../shared/deferred'
import type { PluginSession } from './plugin'
import { completeLength } from '../gateway/holdback'

/** Most bytes that an agent reads at once; a message may carry three more held back from the read before. */
const OUTPUT_MESSAGE_BYTES = 1_024

const MESSAGE_INTERVAL_MS = 1
/** A writer is asked to wait above this many bytes: about what a pipe holds between an agent's two halves. */
const QUEUE_BYTES = 65_536
/** The most time that a late timer makes up for. More would be a burst, and no agent sends bursts. */
const MAX_DEBT_MS = 50
/** Messages in a row without pacing before others get their turn. */
const BURST_MESSAGES = 64

const NOTHING = Buffer.alloc(0)

/** How a pump is set up. */
export interface PumpOptions {
  readonly payloadType: number
  readonly isPaced: boolean
  /** Keeps UTF-8 sequences whole, as shells do. */
  readonly isText?: boolean
  /** The queue was full and has drained. */
  readonly onRoom?: () => void
}

/** An output loop. Owns one timer while it has something to send. Ends with {@link dispose}. */
export class Pump {
  readonly #session: PluginSession
  readonly #options: PumpOptions
  readonly #queue: Buffer[] = []
  readonly #unsubscribe: () => void
  #queuedBytes = 0
  #held: Buffer = NOTHING
  #isStarted = false
  #isFull = false
  #isDisposed = false
  #isWoken = false
  #nextAt = 0
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #whenEmpty: Deferred<void> | undefined

  constructor(session: PluginSession, options: PumpOptions) {
    this.#session = session
    this.#options = options
    this.#unsubscribe = session.onCanSend(() => this.#run())
  }

  /** Begins to send. Until then bytes are only queued. */
  start(): void {
    this.#isStarted = true
    this.#run()
  }

  /** Queues bytes; false asks the writer to wait for `onRoom`. The buffer is not copied. */
  write(bytes: Buffer): boolean {
    if (this.#isDisposed || bytes.length === 0) return !this.#isFull
    this.#queue.push(bytes)
    this.#queuedBytes += bytes.length
    if (this.#queuedBytes >= QUEUE_BYTES) this.#isFull = true
    this.#wake()
    return !this.#isFull
  }

  /** Resolves when everything queued so far was handed to the session, or the pump was disposed. */
  flushed(): Promise<void> {
    if (this.#queuedBytes === 0 || this.#isDisposed) return Promise.resolve()
    this.#whenEmpty ??= deferred()
    return this.#whenEmpty.promise
  }

  /** Forgets what is queued: its source is gone. The source that comes next begins with an empty queue. */
  clear(): void {
    this.#queue.length = 0
    this.#queuedBytes = 0
    this.#isFull = false
  }

  dispose(): void {
    this.#isDisposed = true
    this.#unsubscribe()
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#whenEmpty?.resolve()
  }

  // In a microtask: all bytes that one event writes leave in one message, after the acknowledgement of the message that caused them.
  #wake(): void {
    if (this.#isWoken) return
    this.#isWoken = true
    queueMicrotask(() => {
      this.#isWoken = false
      this.#run()
    })
  }

  // `isTick`: called by the pace itself. Only then is a late timer made up for; idle time is not.
  #run(isTick = false): void {
    if (this.#timer !== undefined || this.#immediate !== undefined) return
    if (!this.#isStarted || this.#isDisposed) return
    if (this.#options.isPaced) this.#runPaced(performance.now(), isTick)
    else this.#runFree()
    if (this.#queuedBytes === 0) {
      this.#whenEmpty?.resolve()
      this.#whenEmpty = undefined
    }
    if (this.#isFull && this.#queuedBytes < QUEUE_BYTES / 2) {
      this.#isFull = false
      this.#options.onRoom?.()
    }
  }

  #runPaced(now: number, isTick: boolean): void {
    this.#nextAt = Math.max(this.#nextAt, isTick ? now - MAX_DEBT_MS : now)
    while (this.#queuedBytes > 0 && this.#session.canSend()) {
      if (this.#nextAt > now) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined
          this.#run(true)
        }, this.#nextAt - now)
        return
      }
      this.#sendOne()
      this.#nextAt += MESSAGE_INTERVAL_MS
    }
  }

  #runFree(): void {
    for (let sent = 0; this.#queuedBytes > 0 && this.#session.canSend(); sent += 1) {
      if (sent === BURST_MESSAGES) {
        this.#immediate = setImmediate(() => {
          this.#immediate = undefined
          this.#run(true)
        })
        return
      }
      this.#sendOne()
    }
  }

  #sendOne(): void {
    const read = this.#take(OUTPUT_MESSAGE_BYTES)
    if (this.#options.isText !== true) {
      this.#session.send(this.#options.payloadType, read)
      return
    }
    const bytes = this.#held.length === 0 ? read : Buffer.concat([this.#held, read])
    const length = completeLength(bytes)
    this.#held = bytes.subarray(length)
    this.#session.send(this.#options.payloadType, bytes.subarray(0, length))
  }

  // Up to `limit` bytes from the head of the queue, copied only when they cross buffers.
  #take(limit: number): Buffer {
    const first = this.#queue[0] ?? NOTHING
    if (first.length >= limit || this.#queue.length === 1) {
      const taken = first.subarray(0, limit)
      if (taken.length === first.length) this.#queue.shift()
      else this.#queue[0] = first.subarray(limit)
      this.#queuedBytes -= taken.length
      return taken
    }
    const taken = Buffer.allocUnsafe(Math.min(limit, this.#queuedBytes))
    let length = 0
    while (length < taken.length) {
      const head = this.#queue[0] ?? NOTHING
      const copied = head.copy(taken, length)
      if (copied === head.length) this.#queue.shift()
      else this.#queue[0] = head.subarray(copied)
      length += copied
    }
    this.#queuedBytes -= taken.length
    return taken
  }
}
