// The receiving side of one channel: acknowledges what came, and hands it on in order and once.
//
// Owns what waits for an earlier message (inbox.ts). Does not know what a message means.

import { ownBytes } from '../codec/ownbytes'
import { encodeAcknowledge } from '../codec/streammessage'
import type { Message } from '../codec/message'
import { Inbox } from './inbox'

/** What the receiving side needs of its channel. */
export interface ReceivingOptions {
  /** Sends an acknowledgement over the attached socket. */
  readonly acknowledge: (frame: Buffer) => void
  /** Whether the socket takes no further acknowledgement. */
  readonly isBackedUp: () => boolean
  /** A message was dropped without an acknowledgement. */
  readonly dropped: (why: string) => void
}

/** Receives for one channel, over successive sockets. */
export class Receiving {
  readonly #options: ReceivingOptions
  readonly #inbox = new Inbox<Message>()
  #lastReceivedAt = 0

  constructor(options: ReceivingOptions) {
    this.#options = options
  }

  /** Epoch ms of the last stream message; 0 before the first. */
  get lastReceivedAt(): number {
    return this.#lastReceivedAt
  }

  /** How many copies came twice or too early. */
  get irregularCopies(): number {
    return this.#inbox.irregularCopies
  }

  /** Takes a stream message and returns the messages that are next in order. */
  receive(message: Message): readonly Message[] {
    const { acknowledge, isBackedUp, dropped } = this.#options
    this.#lastReceivedAt = Date.now()
    const sequence = Number(message.sequenceNumber)
    if (!Number.isSafeInteger(sequence) || sequence < 0) {
      dropped('impossible sequence number')
      return []
    }
    // Each message taken adds an acknowledgement to the backlog. The agent sends again what was not acknowledged.
    if (isBackedUp()) {
      dropped('the socket is backed up')
      return []
    }
    const isEarly = sequence !== this.#inbox.expected
    const item = isEarly ? { ...message, payload: ownBytes(message.payload) } : message
    const receipt = this.#inbox.receive(sequence, item, item.payload.length)
    if (receipt.acknowledge) acknowledge(encodeAcknowledge(message, sequence))
    else dropped('too many messages wait for an earlier one')
    return receipt.deliver
  }
}
