// One question to both ends of a connection: how fast does the service answer, and does the agent answer at all?
//
// A pong proves the service only. The agent's acknowledgement of an old message proves the whole way (specification §4.3,
// §14 d). Asked for on demand and after a wake, never on a schedule: stream traffic resets the service's idle timer.

import { deferred } from '../../../shared/deferred'

/** How long the ends took to answer, ms; undefined: not in time. */
export interface ProbeResult {
  readonly serviceMs: number | undefined
  readonly agentMs: number | undefined
}

/** One probe under way. The channel tells it what comes in. */
export class Probe {
  readonly #outcome = deferred<ProbeResult>()
  readonly #askedAt = performance.now()
  readonly #timer: NodeJS.Timeout
  #serviceMs: number | undefined
  #agentMs: number | undefined

  /** Resolves `result` with what has come when both have answered, after `timeoutMs`, or at `end`. */
  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => this.end(), timeoutMs)
  }

  get result(): Promise<ProbeResult> {
    return this.#outcome.promise
  }

  /** The service has answered a ping. */
  pong(): void {
    this.#serviceMs ??= performance.now() - this.#askedAt
    this.#look()
  }

  /** The agent has acknowledged something. */
  acknowledged(): void {
    this.#agentMs ??= performance.now() - this.#askedAt
    this.#look()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#outcome.resolve({ serviceMs: this.#serviceMs, agentMs: this.#agentMs })
  }

  #look(): void {
    if (this.#serviceMs !== undefined && this.#agentMs !== undefined) this.end()
  }
}
