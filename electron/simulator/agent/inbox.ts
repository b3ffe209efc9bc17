// Hands the client's stream messages to their handler once and in order, and acknowledges each as an agent does.
//
// The expected message is handled, then acknowledged; an early one is acknowledged and buffered; an old one is
// acknowledged again; an early one that does not fit into the buffer is dropped. A message whose handler is not ready or fails is neither acknowledged nor
// passed: the client sends it again. Source: specification §4.3, agent column.

import type { Message } from '../../ssm/codec/message'
import { Incoming } from './incoming'
import type { Handled } from './plugin'

/** What an inbox calls. */
export interface InboxOwner {
  /** Handles a message in its turn; a throw is a handler error. */
  handle(message: Message): Handled
  acknowledge(message: Message): void
}

/** The receiving half of a session. */
export class Inbox {
  readonly #incoming: Incoming<Message>
  readonly #owner: InboxOwner
  #isStopped = false

  constructor(owner: InboxOwner, capacity?: number) {
    this.#owner = owner
    this.#incoming = new Incoming(capacity)
  }

  /** The sequence number that is handled next. */
  get expected(): number {
    return this.#incoming.expected
  }

  /** Messages in the reorder buffer. */
  get buffered(): number {
    return this.#incoming.size
  }

  /** Takes one stream message. A promise blocks the reader until it resolves. */
  receive(message: Message): Handled {
    const sequenceNumber = Number(message.sequenceNumber)
    switch (this.#incoming.classify(sequenceNumber)) {
      case 'expected':
        return this.#deliver(message, true)
      case 'early':
        this.#owner.acknowledge(message)
        this.#incoming.hold(sequenceNumber, { ...message, payload: Buffer.from(message.payload) })
        return 'handled'
      case 'early-and-full':
        return 'handled'
      case 'duplicate':
        this.#owner.acknowledge(message)
        return 'handled'
    }
  }

  /** Handlers that still run are not followed up. */
  stop(): void {
    this.#isStopped = true
  }

  // Handles the expected message and those in the buffer that follow it. The buffered ones were acknowledged when they came.
  #deliver(first: Message, isAcknowledged: boolean): Handled {
    let message: Message | undefined = first
    let isFirst = isAcknowledged
    while (message !== undefined) {
      const current: Message = message
      let handled: Handled
      try {
        handled = this.#owner.handle(current)
      } catch {
        // The agent logs a handler error, and nothing else happens.
        return 'handled'
      }
      if (handled === 'not-ready') return 'handled'
      if (handled !== 'handled') {
        const wantsAcknowledgement = isFirst
        return handled.then(() => this.#deliverRest(current, wantsAcknowledgement))
      }
      if (isFirst) this.#owner.acknowledge(current)
      isFirst = false
      this.#incoming.advance()
      message = this.#incoming.peek()
    }
    return 'handled'
  }

  async #deliverRest(taken: Message, wantsAcknowledgement: boolean): Promise<void> {
    if (this.#isStopped) return
    if (wantsAcknowledgement) this.#owner.acknowledge(taken)
    this.#incoming.advance()
    const next = this.#incoming.peek()
    const rest = next === undefined ? 'handled' : this.#deliver(next, false)
    if (typeof rest !== 'string') await rest
  }
}
