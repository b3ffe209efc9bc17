// Waiting until everything that was sent is acknowledged.

/** The waiters of one channel. */
export class Drain {
  readonly #isDrained: () => boolean
  readonly #isOver: () => boolean
  readonly #checks = new Set<() => void>()

  /** `isOver` is true once the channel is closed: no further acknowledgement can come. */
  constructor(isDrained: () => boolean, isOver: () => boolean) {
    this.#isDrained = isDrained
    this.#isOver = isOver
  }

  /** Resolves true once everything is acknowledged, false after `timeoutMs` or when the channel closes. */
  wait(timeoutMs: number): Promise<boolean> {
    if (this.#isDrained() || this.#isOver()) return Promise.resolve(this.#isDrained())
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        this.#checks.delete(check)
        resolve(this.#isDrained())
      }
      const check = (): void => {
        if (this.#isDrained() || this.#isOver()) finish()
      }
      const timer = setTimeout(finish, timeoutMs)
      this.#checks.add(check)
    })
  }

  /** Call at each acknowledgement, and when the channel closes. */
  check(): void {
    for (const check of this.#checks) check()
  }
}
