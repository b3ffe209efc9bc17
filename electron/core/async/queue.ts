// Jobs that run one after the other, in the order in which they came: each sees what the one before it has done.

/** A queue of jobs. */
export class Queue {
  /** Settled when all jobs so far are done. Never rejects. */
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `job` once those before it are done, whatever came of them. Settles as the job does. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#last.then(job)
    this.#last = done.catch(() => undefined /* its caller hears of it */)
    return done
  }

  /** Resolves once the jobs that are in the queue now are done. */
  async idle(): Promise<void> {
    await this.#last
  }
}
