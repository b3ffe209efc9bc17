// Jobs that run one after the other in the order of their calls, so that each sees the result of the job before.

/** A queue of jobs. */
export class Queue {
  /** Resolves when all jobs so far are done. Never rejects. */
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `job` once the jobs before it have resolved or rejected. Settles as the job does. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#last.then(job)
    this.#last = done.catch(() => undefined /* the caller of `run` gets the rejection */)
    return done
  }

  /** Resolves once the jobs that are in the queue now are done. */
  async idle(): Promise<void> {
    await this.#last
  }
}
