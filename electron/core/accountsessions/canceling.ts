// Sessions whose end this app has asked AWS for, until AWS says that they have ended.

/** More are not remembered: their state is then the one that AWS tells. */
const MAX = 10_000
/** AWS ends a session within seconds. */
const FRESH_MS = 30_000

/** Ids of sessions that are being ended. */
export class Canceling {
  /** With when the end was asked for, epoch ms. */
  readonly #ids = new Map<string, number>()

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId)
  }

  /** Whether the end of a session was asked for so short a time ago that AWS is about to say it. */
  isFresh(sessionId: string, nowAt: number): boolean {
    const at = this.#ids.get(sessionId)
    return at !== undefined && nowAt - at < FRESH_MS
  }

  /** The end was asked for at `nowAt`. */
  add(sessionId: string, nowAt: number): void {
    this.#ids.set(sessionId, nowAt)
    if (this.#ids.size <= MAX) return
    for (const first of this.#ids.keys()) {
      this.#ids.delete(first)
      break
    }
  }

  /** AWS says that it has ended, or has refused to end it. */
  delete(sessionId: string): void {
    this.#ids.delete(sessionId)
  }
}
