// One direction of one leg: applies the rules of the moment to each frame.
//
//   push -> lost | now | at its time (delay, jitter, bandwidth; in order) -> deliver
//                        + a copy (duplicate), + a wait that lets others overtake (reorder)
//
// Without rules a frame passes at once. Frames that wait are lost when the leg ends. Owns one timer while frames wait.

import type { Parcel } from './malformed'
import type { Dice } from './dice'
import type { FaultTally } from './kinds'

/** The effects of a rule on each of its frames. An absent effect does not happen. */
export interface Effects {
  readonly delayMs?: number | undefined
  /** Up to so much more, at random. Order is kept. */
  readonly jitterMs?: number | undefined
  readonly bytesPerSecond?: number | undefined
  /** Probabilities. */
  readonly loss?: number | undefined
  readonly duplicate?: number | undefined
  readonly reorder?: number | undefined
}

/** The parts of a lane. */
export interface LaneOptions {
  readonly dice: () => Dice
  readonly tally: FaultTally
  /** The rules for a frame now. */
  readonly effectsOn: (frame: Buffer) => readonly Effects[]
  readonly deliver: (parcel: Parcel) => void
  /** There is room again after {@link Lane.isFull}. */
  readonly onRoom: () => void
}

/** Above this many waiting bytes the sender is asked to wait. */
const FULL_BYTES = 1_048_576
/** A slow line holds no more than this; further frames are lost. */
const LOST_BYTES = 32 * FULL_BYTES
/** How long a reordered frame waits, so that others overtake it. */
const OVERTAKEN_MS = 40

interface Waiting extends Parcel {
  readonly dueAt: number
}

/** One direction of one leg. `stop` it with its leg. */
export class Lane {
  readonly #options: LaneOptions
  #queue: Waiting[] = []
  #queuedBytes = 0
  /** When the newest frame in order is due, and until when the line is busy. */
  #lastDueAt = 0
  #timer: NodeJS.Timeout | undefined
  #isStopped = false
  #wasFull = false

  constructor(options: LaneOptions) {
    this.#options = options
  }

  get isFull(): boolean {
    if (this.#queuedBytes > FULL_BYTES) this.#wasFull = true
    return this.#queuedBytes > FULL_BYTES
  }

  /** Sends one frame on its way. */
  push(parcel: Parcel): void {
    if (this.#isStopped) return
    const effects = this.#options.effectsOn(parcel.frame)
    if (effects.length === 0 && this.#queue.length === 0) {
      this.#options.deliver(parcel)
      return
    }
    if (this.#queuedBytes > LOST_BYTES || this.#happens('loss', effects)) return
    const now = performance.now()
    const dueAt = Math.max(this.#lastDueAt, now + this.#waitMs(effects)) + this.#lineMs(parcel, effects)
    if (this.#happens('reorder', effects)) this.#enqueue(parcel, dueAt + OVERTAKEN_MS)
    else {
      this.#lastDueAt = dueAt
      if (dueAt <= now && this.#queue.length === 0) this.#options.deliver(parcel)
      else this.#enqueue(parcel, dueAt)
    }
    if (this.#happens('duplicate', effects)) this.#enqueue(parcel, dueAt + OVERTAKEN_MS / 2)
  }

  /** Drops the frames that wait. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#queue = []
    this.#queuedBytes = 0
  }

  #happens(kind: 'loss' | 'duplicate' | 'reorder', effects: readonly Effects[]): boolean {
    const { dice, tally } = this.#options
    const happens = effects.some((effect) => effect[kind] !== undefined && dice().chance(effect[kind]))
    if (happens) tally.add(kind)
    return happens
  }

  #waitMs(effects: readonly Effects[]): number {
    const { dice, tally } = this.#options
    let sum = 0
    for (const { delayMs, jitterMs } of effects) {
      if (delayMs !== undefined) tally.add('delay')
      if (jitterMs !== undefined) tally.add('jitter')
      sum += (delayMs ?? 0) + (jitterMs ?? 0) * dice().roll()
    }
    return sum
  }

  // How long the frame occupies the line.
  #lineMs({ frame }: Parcel, effects: readonly Effects[]): number {
    let slowest = Number.POSITIVE_INFINITY
    for (const { bytesPerSecond } of effects) {
      if (bytesPerSecond !== undefined) slowest = Math.min(slowest, bytesPerSecond)
    }
    if (slowest === Number.POSITIVE_INFINITY) return 0
    this.#options.tally.add('bandwidth')
    return (frame.length * 1_000) / slowest
  }

  #enqueue(parcel: Parcel, dueAt: number): void {
    const waiting: Waiting = { ...parcel, dueAt }
    const index = this.#queue.findLastIndex((other) => other.dueAt <= dueAt)
    this.#queue.splice(index + 1, 0, waiting)
    this.#queuedBytes += parcel.frame.length
    if (index === -1) this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const [first] = this.#queue
    if (first === undefined) return
    this.#timer = setTimeout(() => this.#land(), Math.max(0, first.dueAt - performance.now()))
  }

  #land(): void {
    const now = performance.now()
    const end = this.#queue.findIndex(({ dueAt }) => dueAt > now)
    const due = this.#queue.splice(0, end === -1 ? this.#queue.length : end)
    for (const parcel of due) this.#queuedBytes -= parcel.frame.length
    this.#arm()
    for (const parcel of due) {
      if (!this.#isStopped) this.#options.deliver(parcel)
    }
    if (this.#wasFull && !this.isFull) {
      this.#wasFull = false
      this.#options.onRoom()
    }
  }
}
