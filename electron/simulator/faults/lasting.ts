// The faults that last: how each ends, and the timer that ends it.

interface Lasting {
  readonly end: () => void
  readonly timer: NodeJS.Timeout | undefined
}

/** The faults that have not ended. Owns their timers. */
export class LastingFaults implements Disposable {
  readonly #lasting = new Set<Lasting>()

  /** Calls `end` once: after `forMs`, or by {@link endAll} where that comes first or `forMs` is undefined. */
  add(end: () => void, forMs: number | undefined): void {
    const timer = forMs === undefined ? undefined : setTimeout(() => this.#finish(lasting), forMs)
    const lasting: Lasting = { end, timer }
    this.#lasting.add(lasting)
  }

  /** Ends all of them now. */
  endAll(): void {
    // A Set may lose entries while it is iterated.
    for (const lasting of this.#lasting) this.#finish(lasting)
  }

  /** Stops the timers and ends no fault, because the parts that the faults act on are disposed too. */
  [Symbol.dispose](): void {
    for (const { timer } of this.#lasting) clearTimeout(timer)
    this.#lasting.clear()
  }

  #finish(lasting: Lasting): void {
    clearTimeout(lasting.timer)
    if (!this.#lasting.delete(lasting)) return
    lasting.end()
  }
}
