// Sessions whose end this app has asked AWS for, until AWS says that they have ended.

/** More are not remembered: their state is then the one that AWS tells. */
const MAX = 10_000

/** Ids of sessions that are being ended. */
export class Canceling {
  readonly #ids = new Set<string>()

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId)
  }

  add(sessionId: string): void {
    this.#ids.add(sessionId)
    if (this.#ids.size <= MAX) return
    for (const first of this.#ids) {
      this.#ids.delete(first)
      break
    }
  }

  /** AWS says that it has ended, or has refused to end it. */
  delete(sessionId: string): void {
    this.#ids.delete(sessionId)
  }
}
