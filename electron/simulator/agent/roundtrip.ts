// The agent's estimate of the round trip and the retransmission timeout that follows from it. Pure.
//
//   RTT0 = 100 ms, VAR0 = 0, RTO0 = 200 ms
//   VAR  = 3/4 VAR + 1/4 |RTT - sample|      (with the RTT from before the sample)
//   RTT  = 7/8 RTT + 1/8 sample
//   RTO  = min(trunc(RTT + max(10 ms, 4 VAR)), 1000 ms)
//
// Source: amazon-ssm-agent agent/session/datachannel calculateRetransmissionTimeout; specification §4.5.

const NS_PER_MS = 1_000_000
const GRANULARITY_NS = 10 * NS_PER_MS
const MAX_TIMEOUT_NS = 1_000 * NS_PER_MS

/** Smoothed round trip of one direction. Kept over lost sockets, as the agent keeps it. */
export class RoundTrip {
  #rttNs = 100 * NS_PER_MS
  #varianceNs = 0
  #timeoutNs = 200 * NS_PER_MS

  get rttNs(): number {
    return this.#rttNs
  }

  get varianceNs(): number {
    return this.#varianceNs
  }

  /** Nanoseconds after which an unacknowledged message is due again; an integer. */
  get timeoutNs(): number {
    return this.#timeoutNs
  }

  get timeoutMs(): number {
    return this.#timeoutNs / NS_PER_MS
  }

  /** Takes the time from a message's last transmission to its acknowledgement. No Karn rule: resent messages count. */
  sample(elapsedMs: number): void {
    const sampleNs = elapsedMs * NS_PER_MS
    this.#varianceNs = 0.75 * this.#varianceNs + 0.25 * Math.abs(this.#rttNs - sampleNs)
    this.#rttNs = 0.875 * this.#rttNs + 0.125 * sampleNs
    const timeoutNs = this.#rttNs + Math.max(GRANULARITY_NS, 4 * this.#varianceNs)
    this.#timeoutNs = Math.min(Math.trunc(timeoutNs), MAX_TIMEOUT_NS)
  }
}
