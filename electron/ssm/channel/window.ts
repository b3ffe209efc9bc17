// How many messages may be unacknowledged on the wire at once.
//
// Grows by one per acknowledgement up to the threshold, then by one per window; a timeout halves it, once per round trip.
// The figures are the specification's starting point (§9.6). They are not tuned against real paths yet.

const START = 64
const FLOOR = 16
const CAP = 2_000

/** The in-flight window of one channel, in messages. Pure: time is passed in. */
export class SendWindow {
  #size = START
  #threshold = CAP
  #creditedAcknowledgements = 0
  #halvedAt = Number.NEGATIVE_INFINITY

  get size(): number {
    return this.#size
  }

  /** One message was acknowledged. */
  acknowledged(): void {
    if (this.#size < this.#threshold) {
      this.#size = Math.min(CAP, this.#size + 1)
      return
    }
    this.#creditedAcknowledgements += 1
    if (this.#creditedAcknowledgements >= this.#size) {
      this.#creditedAcknowledgements = 0
      this.#size = Math.min(CAP, this.#size + 1)
    }
  }

  /** At least one message timed out. Halves the window unless that was done within the last `roundTripMs`. */
  timedOut(now: number, roundTripMs: number): void {
    if (now - this.#halvedAt < roundTripMs) return
    this.#halvedAt = now
    this.#size = Math.max(FLOOR, Math.floor(this.#size / 2))
    this.#threshold = this.#size
    this.#creditedAcknowledgements = 0
  }
}
