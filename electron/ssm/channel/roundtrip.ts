// Round-trip estimate and retransmission timeout (RTO), as both AWS halves compute it.
//
//   VAR = 3/4 VAR + 1/4 |RTT - sample|     (with the old RTT)
//   RTT = 7/8 RTT + 1/8 sample
//   RTO = min(trunc(RTT + max(10 ms, 4 VAR)), 1000 ms), whole nanoseconds
//
// Source: session-manager-plugin src/datachannel/streaming.go, CalculateRetransmissionTimeout; specification §4.5.

const NS_PER_MS = 1_000_000
const GRANULARITY_NS = 10 * NS_PER_MS
const MAX_RTO_NS = 1_000 * NS_PER_MS

/** The estimator's state in nanoseconds, starting at the reference's values. Never reset within a session. */
export class RoundTrip {
  rttNs = 100 * NS_PER_MS
  varianceNs = 0
  rtoNs = 200 * NS_PER_MS
  #measuredMs: number | undefined

  /** Takes one measured round trip. Only messages sent once may be measured (Karn). */
  sample(sampleMs: number): void {
    const sampleNs = sampleMs * NS_PER_MS
    this.#measuredMs = this.#measuredMs === undefined ? sampleMs : 0.875 * this.#measuredMs + 0.125 * sampleMs
    this.varianceNs = 0.75 * this.varianceNs + 0.25 * Math.abs(this.rttNs - sampleNs)
    this.rttNs = 0.875 * this.rttNs + 0.125 * sampleNs
    this.rtoNs = Math.min(Math.trunc(this.rttNs + Math.max(GRANULARITY_NS, 4 * this.varianceNs)), MAX_RTO_NS)
  }

  /** The timeout for a message sent now, ms, not below `floorMs`. */
  timeoutMs(floorMs: number): number {
    return Math.max(floorMs, this.rtoNs / NS_PER_MS)
  }

  /** The smoothed measurements, without the initial value of the estimate. Undefined before the first sample. */
  get measuredMs(): number | undefined {
    return this.#measuredMs
  }
}
