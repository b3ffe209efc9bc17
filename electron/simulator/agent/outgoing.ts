// The agent's sending side: sequence numbers, the unacknowledged store and its single-slot retransmission. Pure.
//
// As at an agent only the oldest unacknowledged message is sent again, at the earliest when
// the retransmission timeout has passed since it was last sent, and without end. While publication is paused messages
// are numbered and stored but not sent; after the pause they leave through the retransmission alone, one a tick.
// A full store sends the newest message without keeping it. Source: specification §4.4, §4.6.

import { randomUUID } from 'node:crypto'
import { MessageFlags, MessageType, encodeMessage } from '../../ssm/codec/message'
import { RoundTrip } from './roundtrip'

/** How often an agent looks at its oldest unacknowledged message. */
export const RESEND_TICK_MS = 100

const CAPACITY = 100_000

interface Stored {
  readonly frame: Buffer
  lastSentAt: number
}

/** A message that was numbered: `frame` is the whole binary message, `isSent` whether it goes out at once. */
export interface Numbered {
  readonly frame: Buffer
  readonly sequenceNumber: number
  readonly isSent: boolean
}

/** Sequence state of `output_stream_data`. Belongs to the session, survives sockets. `now` is always epoch ms. */
export class Outgoing {
  readonly roundTrip = new RoundTrip()
  readonly #stored = new Map<number, Stored>()
  readonly #capacity: number
  readonly #newId: () => string
  #nextSequenceNumber = 0
  #isPaused = false

  constructor(options: { readonly capacity?: number; readonly newId?: () => string } = {}) {
    this.#capacity = options.capacity ?? CAPACITY
    this.#newId = options.newId ?? randomUUID
  }

  /** Messages that wait for their acknowledgement. */
  get size(): number {
    return this.#stored.size
  }

  get nextSequenceNumber(): number {
    return this.#nextSequenceNumber
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** The sequence numbers in store, oldest first. */
  unacknowledged(): number[] {
    return [...this.#stored.keys()]
  }

  /**
   * Numbers and stores one payload. Sequence number 0 carries SYN. An empty payload is skipped, as the agent skips it:
   * nothing is numbered and `undefined` comes back.
   */
  add(payloadType: number, payload: Buffer, now: number): Numbered | undefined {
    if (payload.length === 0) return undefined
    const sequenceNumber = this.#nextSequenceNumber
    this.#nextSequenceNumber += 1
    const frame = encodeMessage({
      messageType: MessageType.output,
      schemaVersion: 1,
      createdDate: now,
      sequenceNumber: BigInt(sequenceNumber),
      flags: sequenceNumber === 0 ? MessageFlags.syn : MessageFlags.none,
      messageId: this.#newId(),
      payloadType,
      payload,
    })
    if (this.#stored.size < this.#capacity) this.#stored.set(sequenceNumber, { frame, lastSentAt: now })
    return { frame, sequenceNumber, isSent: !this.#isPaused }
  }

  /** Removes an acknowledged message, wherever it stands. Unknown numbers are ignored; returns whether it was known. */
  acknowledge(sequenceNumber: number, now: number): boolean {
    const stored = this.#stored.get(sequenceNumber)
    if (stored === undefined) return false
    this.#stored.delete(sequenceNumber)
    this.roundTrip.sample(now - stored.lastSentAt)
    return true
  }

  /** One tick: the frame to send again now, byte-identical, or `undefined`. */
  due(now: number): Buffer | undefined {
    if (this.#isPaused) return undefined
    for (const oldest of this.#stored.values()) {
      if (now - oldest.lastSentAt <= this.roundTrip.timeoutMs) return undefined
      oldest.lastSentAt = now
      return oldest.frame
    }
    return undefined
  }

  /** The service says that the client's leg is down. */
  pause(): void {
    this.#isPaused = true
  }

  /** The client's leg is back: the service said so, or the client was heard, or our own leg was opened anew. */
  resume(): void {
    this.#isPaused = false
  }
}
