// The sending side of one channel: queues writes, sends messages over the attached socket and sends them again when due.
//
//   write -> WriteQueue -> (ready, store has room) Outbox -> wire; the timer brings back what is due
//
// When written bytes leave the queue:
//   nothing is in flight      at once: a lone keystroke waits for nothing
//   a whole payload waits     at once: later writes could not join it
//   otherwise                 together, at the end of this turn of the event loop, or when the last message in flight is acknowledged
// The agent reads up to 1,024 bytes of the multiplexed stream and then sleeps 1 ms. So answers share a message only when their
// questions arrived together, and one message for each write would cost a forward with many connections most of its speed.
//
// Owns the store of unacknowledged messages, the writes that wait for it, the timer of retransmission and the one pending
// flush. Does not own the wire. The channel says from when on user bytes may be sent.

import { AppError } from '../../../shared/errors'
import type { MonotonicClock } from './clock'
import { Drain } from './drain'
import { PayloadType } from '../codec/message'
import { Outbox, type EncodeOutgoing, type OnResent } from './outbox'
import type { Wire } from './wire'
import { WriteQueue } from './writequeue'

/**
 * A socket with this much untaken data gets no more messages: it would only queue them. Nothing is received over it either, since
 * each received message needs an acknowledgement.
 */
export const MAX_WIRE_BACKLOG_BYTES = 1_048_576

// Without one acknowledgement in this time the path to the agent is stuck, although the service answers pings (Appendix A). Only the
// socket is given up: the computer may have slept, and ResumeSession tells whether the session still exists.
const GIVE_UP_MS = 300_000
const GIVE_UP_TEXT = 'The agent has acknowledged nothing for 5 minutes. The connection is being renewed.'
// A finer timer would only use the processor while the socket is backed up.
const MIN_TIMER_MS = 5

/** What the sending side needs of its channel. */
export interface SendingOptions {
  /** Makes the bytes of a message. Called once for each message: a retransmission sends the same bytes. */
  readonly encode: EncodeOutgoing
  readonly now: MonotonicClock
  /** Whether user bytes may be sent. */
  readonly isReady: () => boolean
  /** Whether the channel is closed: no further acknowledgement can come. */
  readonly isOver: () => boolean
  /** Nothing reaches the agent over the attached socket: it should be given up. */
  readonly onStuck: (error: AppError) => void
  readonly onResent?: OnResent
}

/** Sends for one channel, over successive wires. */
export class Sending {
  readonly #options: SendingOptions
  readonly #outbox: Outbox
  readonly #writes = new WriteQueue()
  readonly #drain: Drain
  #wire: Wire | undefined
  #lastSentAt = 0
  #lastUsedAt = 0
  #timer: NodeJS.Timeout | undefined
  #dueAt = 0
  #gathering: NodeJS.Immediate | undefined
  #pauses = 0

  constructor(options: SendingOptions) {
    this.#options = options
    this.#outbox = new Outbox(options.encode, options.onResent)
    this.#drain = new Drain(() => this.#outbox.isEmpty && this.#writes.isEmpty, options.isOver)
  }

  get counters(): { readonly retransmissions: number; readonly roundTripMs: number | undefined } {
    return { retransmissions: this.#outbox.retransmissions, roundTripMs: this.#outbox.roundTrip.measuredMs }
  }

  /** How often a message was sent again or the peer's leg was down. */
  get disturbances(): number {
    return this.#outbox.retransmissions + this.#pauses
  }

  /** Epoch ms when the last message was added, in contrast to one that is sent again or proves the path; 0 before the first. */
  get lastUsedAt(): number {
    return this.#lastUsedAt
  }

  /** Epoch ms of the last stream message sent; 0 before the first. */
  get lastSentAt(): number {
    return this.#lastSentAt
  }

  /** Sends over `wire` from now on. Unacknowledged messages wait for `replay`. */
  attach(wire: Wire): void {
    this.#wire = wire
  }

  /** The socket is gone. Unacknowledged messages stay in the store. */
  detach(): void {
    this.#wire = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Sends over `wire` from now on, all unacknowledged messages first. */
  moveTo(wire: Wire): void {
    this.detach()
    this.attach(wire)
    this.replay()
  }

  /**
   * Queues user bytes (not empty); `done` is called once all of them are in the bounded store, or at `release`. They are sent at
   * once while nothing is in flight, else together with the other writes of this turn of the event loop.
   */
  write(bytes: Buffer, done: () => void): void {
    this.#writes.push(bytes, done)
    if (this.#outbox.isEmpty || this.#writes.isPayloadFull) this.flush()
    else this.#gather()
  }

  /** Sends one control message behind what was written so far. */
  send(payloadType: number, payload: Buffer): void {
    this.#moveAllWrites()
    this.sendAhead(payloadType, payload)
  }

  /** Sends one message of the handshake: ahead of what was written. */
  sendAhead(payloadType: number, payload: Buffer): void {
    this.#add(payloadType, payload)
    this.flush()
  }

  acknowledge(sequence: number): void {
    this.#outbox.acknowledge(sequence, this.#options.now())
    this.flush()
    this.#drain.check()
  }

  /** The service says that the peer's leg is down. */
  pause(): void {
    this.#pauses += 1
    this.#outbox.pause(this.#options.now())
    this.#arm()
  }

  /** The peer's leg is up again: sends what waited for it. */
  resume(): void {
    if (!this.#outbox.isPaused) return
    this.#outbox.unpause()
    this.flush()
  }

  /** A new socket: everything unacknowledged goes out again, in order, and behind it what was written meanwhile. */
  replay(): void {
    this.#moveAllWrites()
    this.#outbox.replay(this.#options.now())
    this.prompt()
    this.flush()
  }

  /**
   * Makes the agent answer when nothing is in flight: sends the last acknowledged message again, which the agent acknowledges
   * again (§14 d). That proves the path.
   */
  prompt(): void {
    const wire = this.#wire
    const proof = this.#outbox.isEmpty ? this.#outbox.lastAcknowledged : undefined
    if (wire !== undefined && proof !== undefined) this.#emit(wire, proof)
  }

  /** Makes the agent answer over `wire`, which is not attached, while the attached one carries what is in flight; see `prompt`. */
  ask(wire: Wire): void {
    const proof = this.#outbox.lastAcknowledged
    if (proof !== undefined) this.#emit(wire, proof)
  }

  /** Sends what is due. */
  flush(): void {
    this.#moveWrites()
    const wire = this.#wire
    if (wire === undefined) return
    const now = this.#options.now()
    if (this.#outbox.stalledMs(now) > GIVE_UP_MS) {
      this.#options.onStuck(new AppError('timeout', GIVE_UP_TEXT))
      return
    }
    this.#transmit(wire, now)
    this.#arm()
  }

  /** The channel is about to close in order: what waits for the end of this turn goes out now. */
  flushGathered(): void {
    if (this.#gathering === undefined) return
    this.#moveAllWrites()
    if (this.#wire !== undefined) this.#transmit(this.#wire, this.#options.now())
  }

  /** Resolves true once everything written so far is acknowledged, false after `timeoutMs` or when the channel closes. */
  drained(timeoutMs: number): Promise<boolean> {
    return this.#drain.wait(timeoutMs)
  }

  /** The channel is closed: calls `done` of every waiting write and sends none of them. */
  release(): void {
    clearImmediate(this.#gathering)
    this.#gathering = undefined
    this.#writes.release()
    this.#drain.check()
  }

  /** Moves whole payloads to the store. A smaller rest waits for other writes while something is in flight. */
  #moveWrites(): void {
    while (this.#writes.isPayloadFull || this.#outbox.isEmpty) if (!this.#moveOne()) break
    this.#gather()
  }

  #moveAllWrites(): void {
    while (this.#moveOne());
  }

  /** Moves the next payload to the store. False when there is none, when the store is full, and before the channel is ready. */
  #moveOne(): boolean {
    const mayMove = this.#options.isReady() && this.#outbox.hasRoom
    return mayMove && this.#writes.shift((payload) => this.#add(PayloadType.output, payload))
  }

  #add(payloadType: number, payload: Buffer): void {
    this.#lastUsedAt = Date.now()
    this.#outbox.add(payloadType, payload)
  }

  /**
   * Schedules a flush for the end of this turn. Not before the channel is ready and not without room in the store: readiness and an
   * acknowledgement call `flush` themselves.
   */
  #gather(): void {
    if (this.#gathering !== undefined || this.#writes.isEmpty) return
    if (!this.#options.isReady() || !this.#outbox.hasRoom) return
    this.#gathering = setImmediate(() => {
      this.#gathering = undefined
      this.#moveAllWrites()
      this.flush()
    })
  }

  #transmit(wire: Wire, now: number): void {
    if (wire.bufferedBytes >= MAX_WIRE_BACKLOG_BYTES) return
    for (const frame of this.#outbox.due(now)) this.#emit(wire, frame)
  }

  #emit(wire: Wire, frame: Buffer): void {
    this.#lastSentAt = Date.now()
    wire.send(frame)
  }

  /** Sets the timer that calls `flush` when the outbox is due. Replaces a timer that is set for later. */
  #arm(): void {
    const dueAt = this.#wire === undefined ? undefined : this.#outbox.nextDueAt()
    if (dueAt === undefined || (this.#timer !== undefined && this.#dueAt <= dueAt)) return
    clearTimeout(this.#timer)
    this.#dueAt = dueAt
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.flush()
      },
      Math.max(MIN_TIMER_MS, dueAt - this.#options.now()),
    )
  }
}
