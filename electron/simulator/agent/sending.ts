// The agent's way out: every frame that leaves, when a producer may send, and the one retransmission timer.
//
// The timer runs only while something is unacknowledged. Sequence numbers and the store are outgoing.ts (pure). Does not own
// the socket: the relay says whether it has room. Source: specification §4.4, §4.6.

import type { Observation } from './observation'
import { Outgoing, RESEND_TICK_MS } from './outgoing'

/**
 * Without pacing: most messages in flight. An agent has no window, its pace limits it instead. A sender without either would
 * lose thousands of messages at once with a socket, and an agent repairs ten a second.
 */
const UNPACED_IN_FLIGHT = 64

/** What the sending side is made of. */
export interface SendingOptions {
  readonly isPaced: boolean
  readonly newId: () => string
  readonly observation: Observation
  /** Takes a whole binary message; false: no more room, {@link Sending.room} is called when there is. */
  readonly send: (frame: Buffer) => boolean
  /** Whether the agent's reader waits for its plugin. */
  readonly isReaderBlocked: () => boolean
  /** The last message that waited has been acknowledged. */
  readonly onEmpty: () => void
}

/** The sending side of one session, over any number of sockets. `stop` it with the session. */
export class Sending {
  readonly #options: SendingOptions
  readonly #outgoing: Outgoing
  readonly #listeners = new Set<() => void>()
  #hasRoom = true
  #resendTimer: NodeJS.Timeout | undefined

  constructor(options: SendingOptions) {
    this.#options = options
    this.#outgoing = new Outgoing({ newId: options.newId })
  }

  /** Whether every message has been acknowledged. */
  get isEmpty(): boolean {
    return this.#outgoing.size === 0
  }

  canSend(): boolean {
    if (this.#outgoing.isPaused || !this.#hasRoom) return false
    // While the reader is blocked it reads no acknowledgements: a destination that waits for our output to take more input
    // (an echo) would wait for ever. An agent knows no such limit.
    return this.#options.isPaced || this.#outgoing.size < UNPACED_IN_FLIGHT || this.#options.isReaderBlocked()
  }

  onCanSend(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls each listener: {@link canSend} may have become true. */
  tellCanSend(): void {
    for (const listener of this.#listeners) listener()
  }

  /** The way to the service has room again. */
  room(): void {
    this.#hasRoom = true
    this.tellCanSend()
  }

  /** Numbers, stores and (unless paused) sends one payload of the stream. */
  add(payloadType: number, payload: Buffer): void {
    const numbered = this.#outgoing.add(payloadType, payload, Date.now())
    if (numbered === undefined) return
    if (numbered.isSent) this.transmit(numbered.frame)
    this.#resendTimer ??= setInterval(() => this.#resend(), RESEND_TICK_MS)
  }

  /** Sends a whole binary message now, without keeping it. */
  transmit(frame: Buffer): void {
    const { observation, send } = this.#options
    observation.count('sent')
    observation.noteFrame('agent', frame)
    this.#hasRoom = send(frame)
  }

  /** The client has acknowledged a message of this number; a number that is not known is ignored. */
  acknowledge(sequenceNumber: number): void {
    if (!this.#outgoing.acknowledge(sequenceNumber, Date.now())) return
    if (this.#outgoing.size === 0) {
      clearInterval(this.#resendTimer)
      this.#resendTimer = undefined
      this.#options.onEmpty()
    }
    this.tellCanSend()
  }

  /** The service says that the client's leg is down: nothing is sent until {@link resume}. */
  pause(): void {
    this.#outgoing.pause()
  }

  resume(): void {
    if (!this.#outgoing.isPaused) return
    this.#outgoing.resume()
    this.tellCanSend()
  }

  /** Stops the timer and forgets the listeners. */
  stop(): void {
    clearInterval(this.#resendTimer)
    this.#listeners.clear()
  }

  #resend(): void {
    const frame = this.#outgoing.due(Date.now())
    if (frame === undefined) return
    this.#options.observation.count('retransmits')
    this.transmit(frame)
  }
}
