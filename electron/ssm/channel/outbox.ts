// The sending half of reliability: numbers, keeps, sends, resends and forgets stream messages. Pure: time is passed in, by a
// clock that only runs forwards (clock.ts).
//
//   add -> waiting -> (window has room) in flight -> acknowledged: forgotten
//                            ^------ timeout: sent again, same bytes
//
// A message gets its number and its bytes once, here, before anything is written: an acknowledgement that overtakes the
// write is honoured, and a resend is byte-identical. Nothing is ever dropped; `hasRoom` tells the caller to stop reading.
// Source: specification §4.4 (what the reference does wrong: D3 to D6, D12) and Appendix A.

import { AppError } from '../../../shared/errors'
import { RoundTrip } from './roundtrip'
import { SendWindow } from './window'

// Appendix A: the store has room for the largest window.
const MAX_STORED_MESSAGES = 2_000
const MAX_STORED_BYTES = 2 * 1_024 * 1_024
// A shorter timeout would only measure the peer's own timers.
const RTO_FLOOR_MS = 50
// After a reconnect the estimate was measured on another path.
const RTO_FLOOR_RESUMED_MS = 200
const MAX_TIMEOUT_MS = 5_000
// While the peer's leg is down, one message is sent in each such span. Its acknowledgement shows that the leg is back, also
// where the start_publication message was lost.
const PAUSED_PROBE_MS = 3_000
const SCAN_MS = 50
// Every message is sent again sooner than this. An acknowledgement that takes longer means that the computer slept, and is not
// a measurement of the path.
const MAX_SAMPLE_MS = 10_000

interface Outgoing {
  readonly sequence: number
  readonly frame: Buffer
  /** Time of the last transmission. Meaningless while the message waits for the window or for a new socket. */
  sentAt: number
  firstSentAt: number
  transmissions: number
  /** How long after `sentAt` the message is sent again. 0 until it is sent on this socket. */
  timeoutMs: number
}

/** Makes the bytes of message `sequence`. Called once per message. */
export type EncodeOutgoing = (sequence: number, payloadType: number, payload: Buffer) => Buffer

/** Told of each message that is sent again; `attempt` counts from 2. */
export type OnResent = (sequence: number, attempt: number) => void

/** The store of unacknowledged messages of one channel; it outlives sockets. */
export class Outbox {
  readonly roundTrip = new RoundTrip()
  readonly window = new SendWindow()
  readonly #encode: EncodeOutgoing
  readonly #onResent: OnResent | undefined
  #unacknowledged = new Map<number, Outgoing>()
  #waiting = new Set<Outgoing>()
  #storedBytes = 0
  #nextSequence = 0
  #floorMs = RTO_FLOOR_MS
  #paused = false
  #probedAt = Number.NEGATIVE_INFINITY
  #scannedAt = Number.NEGATIVE_INFINITY
  #lastAcknowledged: Buffer | undefined
  #retransmissions = 0
  #progressAt = 0

  constructor(encode: EncodeOutgoing, onResent?: OnResent) {
    this.#encode = encode
    this.#onResent = onResent
  }

  /** Whether another message may be added now; when false, stop reading the local side until an acknowledgement. */
  get hasRoom(): boolean {
    return this.#unacknowledged.size < MAX_STORED_MESSAGES && this.#storedBytes < MAX_STORED_BYTES
  }

  get isEmpty(): boolean {
    return this.#unacknowledged.size === 0
  }

  get isPaused(): boolean {
    return this.#paused
  }

  /** How often a message was sent again since the channel began. */
  get retransmissions(): number {
    return this.#retransmissions
  }

  /** The bytes of the message acknowledged last, for proving a resume when nothing is in flight. */
  get lastAcknowledged(): Buffer | undefined {
    return this.#lastAcknowledged
  }

  /**
   * Takes a message of 1 to 1,536 payload bytes and returns its number. It may exceed `hasRoom`: control messages (flags,
   * sizes, the handshake) must not wait behind data.
   */
  add(payloadType: number, payload: Buffer): number {
    if (payload.length === 0) throw new AppError('protocol', 'An empty stream message cannot be sent.')
    const sequence = this.#nextSequence
    const frame = this.#encode(sequence, payloadType, payload)
    this.#nextSequence += 1
    const outgoing: Outgoing = { sequence, frame, sentAt: 0, firstSentAt: 0, transmissions: 0, timeoutMs: 0 }
    this.#unacknowledged.set(sequence, outgoing)
    this.#waiting.add(outgoing)
    this.#storedBytes += frame.length
    return sequence
  }

  /** Forgets message `sequence`; unknown and repeated numbers change nothing. Also ends a pause: the peer is there. */
  acknowledge(sequence: number, now: number): boolean {
    this.unpause()
    const outgoing = this.#unacknowledged.get(sequence)
    if (outgoing === undefined) return false
    this.#unacknowledged.delete(sequence)
    this.#waiting.delete(outgoing)
    this.#storedBytes -= outgoing.frame.length
    this.#progressAt = now
    this.#lastAcknowledged = outgoing.frame
    const tookMs = now - outgoing.sentAt
    if (outgoing.transmissions === 1 && tookMs <= MAX_SAMPLE_MS) {
      this.roundTrip.sample(Math.max(0, tookMs))
      this.#floorMs = RTO_FLOOR_MS
    }
    this.window.acknowledged()
    return true
  }

  /** How long the oldest message has waited without any acknowledgement on this socket, ms; 0 while paused or empty. */
  stalledMs(now: number): number {
    const oldest = this.#unacknowledged.values().next().value
    if (oldest === undefined || oldest.transmissions === 0 || this.#paused) return 0
    return now - Math.max(this.#progressAt, oldest.firstSentAt)
  }

  /** The frames to write now, in order: expired messages (looked for every 50 ms), then new ones as the window allows. */
  due(now: number): Buffer[] {
    if (this.#paused) return this.#probe(now)
    const frames: Buffer[] = []
    if (now - this.#scannedAt >= SCAN_MS) {
      this.#scannedAt = now
      this.#collectExpired(now, frames)
    }
    let inFlight = this.#unacknowledged.size - this.#waiting.size
    for (const outgoing of this.#waiting) {
      if (inFlight >= this.window.size) break
      inFlight += 1
      this.#waiting.delete(outgoing)
      frames.push(this.#transmit(outgoing, now))
    }
    return frames
  }

  /** When `due` must be asked next, or undefined while nothing is unacknowledged. */
  nextDueAt(): number | undefined {
    if (this.isEmpty) return undefined
    return this.#paused ? this.#probedAt + PAUSED_PROBE_MS : this.#scannedAt + SCAN_MS
  }

  /** A new socket: everything unacknowledged is due at once, in order, and the round trip is distrusted for a while. */
  replay(now: number): void {
    this.#progressAt = now
    this.#floorMs = RTO_FLOOR_RESUMED_MS
    this.#requeue()
  }

  /** The service says that the peer's leg is down: only a probe goes out until it is back. */
  pause(now: number): void {
    if (!this.#paused) this.#probedAt = now
    this.#paused = true
  }

  /**
   * The peer's leg is up again: the service says so, or a message of the peer shows it. Messages that were in flight are sent again
   * and do not count as loss.
   */
  unpause(): void {
    if (this.#paused) this.#requeue()
  }

  #requeue(): void {
    this.#paused = false
    this.#waiting = new Set(this.#unacknowledged.values())
    for (const outgoing of this.#waiting) outgoing.timeoutMs = 0
  }

  #collectExpired(now: number, frames: Buffer[]): void {
    let considered = 0
    for (const outgoing of this.#unacknowledged.values()) {
      // After the window has shrunk, only the oldest messages that fit into it are sent again. The others follow as these are
      // acknowledged.
      if (considered >= this.window.size) break
      considered += 1
      if (this.#waiting.has(outgoing) || now - outgoing.sentAt < outgoing.timeoutMs) continue
      frames.push(this.#transmit(outgoing, now))
    }
    if (frames.length > 0) this.window.timedOut(now, this.roundTrip.timeoutMs(this.#floorMs))
  }

  #probe(now: number): Buffer[] {
    const oldest = this.#unacknowledged.values().next().value
    if (oldest === undefined || now - this.#probedAt < PAUSED_PROBE_MS) return []
    this.#probedAt = now
    this.#waiting.delete(oldest)
    return [this.#transmit(oldest, now)]
  }

  #transmit(outgoing: Outgoing, now: number): Buffer {
    const rtoMs = this.roundTrip.timeoutMs(this.#floorMs)
    // 0 means that the message was not sent on this socket yet: its back-off starts over.
    outgoing.timeoutMs = outgoing.timeoutMs === 0 ? rtoMs : Math.min(outgoing.timeoutMs * 2, MAX_TIMEOUT_MS)
    outgoing.sentAt = now
    if (outgoing.transmissions === 0) outgoing.firstSentAt = now
    outgoing.transmissions += 1
    if (outgoing.transmissions > 1) {
      this.#retransmissions += 1
      this.#onResent?.(outgoing.sequence, outgoing.transmissions)
    }
    return outgoing.frame
  }
}
