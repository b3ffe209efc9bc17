// The health of a forward (bytes, rates, round trip), computed from counters that the tunnel keeps anyway. Sends nothing.

import type { Health } from '../../../shared/model/forward'

/** How often the counters are read, ms. */
export const SAMPLE_MS = 3_000

// Two minutes.
const HISTORY_SAMPLES = 40

/** The counters of a tunnel since its start. */
export interface TunnelCounters {
  readonly bytesUp: number
  readonly bytesDown: number
  readonly retransmissions: number
  readonly sessionsUsed: number
  readonly roundTripMs: number | undefined
}

interface Sample {
  readonly counters: TunnelCounters
  readonly at: number
}

/** Turns the counters of one tunnel into its health, one sample after the other. */
export class HealthMeter {
  #last: Sample | undefined
  #history: readonly number[] = []

  /** Takes a sample. `at` is ms of a monotonic clock. The first sample has no rates. */
  sample(counters: TunnelCounters, at: number): Health {
    const last = this.#last
    const seconds = last === undefined ? 0 : (at - last.at) / 1_000
    const perSecond = (now: number, before: number | undefined): number =>
      seconds > 0 ? Math.max(0, Math.round((now - (before ?? 0)) / seconds)) : 0
    const bytesUpPerSecond = perSecond(counters.bytesUp, last?.counters.bytesUp)
    const bytesDownPerSecond = perSecond(counters.bytesDown, last?.counters.bytesDown)
    this.#last = { counters, at }
    if (last !== undefined) {
      this.#history = [...this.#history, bytesUpPerSecond + bytesDownPerSecond].slice(-HISTORY_SAMPLES)
    }
    const { bytesUp, bytesDown, retransmissions, sessionsUsed, roundTripMs } = counters
    return {
      bytesUp,
      bytesDown,
      bytesUpPerSecond,
      bytesDownPerSecond,
      retransmissions,
      sessionsUsed,
      history: this.#history,
      ...(roundTripMs === undefined ? {} : { roundTripMs: Math.max(1, Math.round(roundTripMs)) }),
    }
  }
}
