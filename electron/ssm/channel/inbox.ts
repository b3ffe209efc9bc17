// The receiving half of reliability: puts stream messages in order and says which copies to acknowledge. Pure.
//
// Every copy that is or will be delivered is acknowledged, old duplicates included: the agent retransmits only its oldest
// unacknowledged message, so one lost acknowledgement that is never repeated would stall the session (D2). A message
// is dropped unacknowledged only when the reorder buffer is full; once acknowledged it is never lost.
// Source: specification §4.3.

// Appendix A: the buffer takes at least as many messages as the agent can have in flight.
const MAX_HELD_MESSAGES = 10_000
const MAX_HELD_BYTES = 16 * 1_024 * 1_024

/** What the channel does with one received copy. `deliver` is in order and may hold several messages, or none. */
export interface Receipt<T> {
  readonly acknowledge: boolean
  readonly deliver: readonly T[]
}

/** The receive state of one channel; it outlives sockets. */
export class Inbox<T> {
  #expected = 0
  #held = new Map<number, { readonly item: T; readonly sizeBytes: number }>()
  #heldBytes = 0
  #irregular = 0

  /** The number of the next message in order. */
  get expected(): number {
    return this.#expected
  }

  /** How many copies came twice, or before an earlier message: signs that messages get lost or late on the way. */
  get irregularCopies(): number {
    return this.#irregular
  }

  /** Takes one copy of message `sequence`. The inbox keeps `item` only while it waits for an earlier message. */
  receive(sequence: number, item: T, sizeBytes: number): Receipt<T> {
    if (sequence !== this.#expected) this.#irregular += 1
    if (sequence < this.#expected || this.#held.has(sequence)) {
      return { acknowledge: true, deliver: [] }
    }
    if (sequence > this.#expected) {
      if (this.#held.size >= MAX_HELD_MESSAGES || this.#heldBytes + sizeBytes > MAX_HELD_BYTES) {
        return { acknowledge: false, deliver: [] }
      }
      this.#held.set(sequence, { item, sizeBytes })
      this.#heldBytes += sizeBytes
      return { acknowledge: true, deliver: [] }
    }
    const deliver = [item]
    this.#expected += 1
    for (let next = this.#held.get(this.#expected); next !== undefined; next = this.#held.get(this.#expected)) {
      this.#held.delete(this.#expected)
      this.#heldBytes -= next.sizeBytes
      this.#expected += 1
      deliver.push(next.item)
    }
    return { acknowledge: true, deliver }
  }
}
