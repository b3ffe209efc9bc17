// Sessions that this app is about to end while a forward goes on: their end is not one from outside.

/** The end of a session shows at once. Far more than are ended at a time. */
const MAX = 2_000

/** Ids of such sessions, for one environment. */
export class OwnEnds {
  readonly #ids = new Set<string>()

  add(sessionId: string): void {
    this.#ids.add(sessionId)
    if (this.#ids.size <= MAX) return
    for (const first of this.#ids) {
      this.#ids.delete(first)
      break
    }
  }

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId)
  }

  /** It was not ended after all. */
  delete(sessionId: string): void {
    this.#ids.delete(sessionId)
  }
}
