// The clock of the simulated Amazon ECS: what happens later, in seconds of the service. Owns the timers.

/** See above. Dispose it with the simulator: nothing happens after that. */
export class EcsClock implements Disposable {
  /** How long a second of the service takes. */
  readonly secondMs: number
  readonly #timers = new Set<NodeJS.Timeout>()
  #isDisposed = false

  constructor(minuteMs: number) {
    this.secondMs = minuteMs / 60
  }

  /** Calls `act` after real milliseconds; returns a function that calls it off. */
  afterMs(delayMs: number, act: () => void): () => void {
    if (this.#isDisposed) return () => undefined
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, delayMs)
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
      clearTimeout(timer)
    }
  }

  /** Calls `act` after seconds of the service; returns a function that calls it off. */
  after(seconds: number, act: () => void): () => void {
    return this.afterMs(seconds * this.secondMs, act)
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
