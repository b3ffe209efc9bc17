// One probe of both ends of a connection: how fast the service answers, and how fast the agent does.
//
// A pong comes from the service. An acknowledgement of an old message comes from the agent, so it proves the whole path
// (specification §4.3, §14 d). Probes are made on demand and never on a schedule: stream traffic resets the service's idle timer.

import { deferred } from '../../../shared/deferred'

/** How long each end took to answer, ms. Undefined where it did not answer in time. */
export interface ProbeResult {
  readonly serviceMs: number | undefined
  readonly agentMs: number | undefined
}

/** One probe under way. The connection reports pongs and acknowledgements to it. */
export class Probe {
  readonly #outcome = deferred<ProbeResult>()
  readonly #askedAt = performance.now()
  readonly #timer: NodeJS.Timeout
  #serviceMs: number | undefined
  #agentMs: number | undefined

  /** `result` resolves when both ends have answered, after `timeoutMs`, or at `end`. */
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
