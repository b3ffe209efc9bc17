// How long a session may still live by the account's limits: its forecast, for people. Pure but for what it has learnt.
//
// The service's clock decides; this only tells. Only stream messages keep a session from idling out: pings do not, nor does
// an open connection that carries nothing. Source: specification §10.6.

import type { SessionLimits } from '../../../shared/session'
import type { TimeLeft } from '../../../shared/model/forward'

/** A real minute. */
const MINUTE_MS = 60_000

/** The lifetime of one session. */
export class Lifetime {
  readonly #startedAt: number
  readonly #minuteMs: number
  #limits: SessionLimits | undefined

  /** `startedAt` is epoch ms; `minuteMs` is how long the service's minute takes, see `Timing`. */
  constructor(startedAt: number, minuteMs: number) {
    this.#startedAt = startedAt
    this.#minuteMs = minuteMs
  }

  /** Undefined until they are known. */
  get limits(): SessionLimits | undefined {
    return this.#limits
  }

  learn(limits: SessionLimits): void {
    this.#limits = limits
  }

  /**
   * What is left, at `nowAt`. The idle timeout is told once nothing has passed for a minute: until then it would move with
   * every message. Times are epoch ms; nothing is known before the limits are.
   */
  timeLeft(lastStreamAt: number, nowAt: number): TimeLeft {
    const limits = this.#limits
    if (limits === undefined) return {}
    const scale = this.#minuteMs / MINUTE_MS
    const { idleTimeoutMs, maxDurationMs } = limits
    const quietSince = Math.max(lastStreamAt, this.#startedAt)
    return {
      ...(maxDurationMs === undefined ? {} : { endsAt: Math.round(this.#startedAt + maxDurationMs * scale) }),
      ...(nowAt - quietSince < this.#minuteMs ? {} : { idleEndsAt: Math.round(quietSince + idleTimeoutMs * scale) }),
    }
  }
}

/** Whether two forecasts say the same. */
export function isSameTimeLeft(one: TimeLeft, other: TimeLeft): boolean {
  return one.endsAt === other.endsAt && one.idleEndsAt === other.idleEndsAt
}
