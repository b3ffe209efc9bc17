// The session workers of an agent in a container: so many sessions run at once, and further ones wait until one of them ends.
//
// The agent says nothing to a session that waits: the client's channel is open and stays silent.
// Source: amazon-ecs-agent agent/engine/execcmd (SessionWorkersLimit, 2 unless the service says otherwise).

/** What the agent does with a session beyond its workers. `refused`: the session fails at once, as newer agents may do. */
export type FullAgent = 'silent' | 'refused'

/** The words of an agent that takes no more sessions. They are ours: no recording has them. */
export const NO_WORKER_TEXT = 'The agent runs as many sessions as it is allowed to.'

/** The workers of one agent. */
export class Workers {
  /** What becomes of a session that finds no worker free. */
  readonly full: FullAgent
  readonly #limit: number
  readonly #running = new Set<() => void>()
  readonly #waiting = new Set<() => void>()

  constructor(limit: number, full: FullAgent) {
    this.#limit = limit
    this.full = full
  }

  /** Whether a session that comes now would have to wait. */
  get isFull(): boolean {
    return this.#running.size >= this.#limit
  }

  /** Calls `start` once a worker is free, at once if one is. Returns a function that gives the worker, or the place in the queue, back. */
  enter(start: () => void): () => void {
    if (this.isFull) this.#waiting.add(start)
    else {
      this.#running.add(start)
      start()
    }
    return () => {
      this.#waiting.delete(start)
      if (!this.#running.delete(start)) return
      const [next] = this.#waiting
      if (next === undefined) return
      this.#waiting.delete(next)
      this.#running.add(next)
      next()
    }
  }
}

/** One session's worker, or its place in the queue. An agent without a limit has a worker for every session. */
export class Seat {
  readonly isRefused: boolean
  /** Gives the worker or the place back. Idempotent. */
  readonly leave: () => void
  #hasWorker: boolean

  /** `onWorker` is called when a worker becomes free for a session that had to wait. */
  constructor(workers: Workers | undefined, onWorker: () => void) {
    this.#hasWorker = workers?.isFull !== true
    this.isRefused = workers?.full === 'refused'
    const leave = workers?.enter(() => {
      if (this.#hasWorker) return
      this.#hasWorker = true
      onWorker()
    })
    this.leave = leave ?? (() => undefined)
  }

  get hasWorker(): boolean {
    return this.#hasWorker
  }
}
