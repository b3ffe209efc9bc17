// How long a session may still live under the account's limits, for people. Pure except for the limits that it keeps.
//
// The service ends the session by its own clock; this is a forecast. Only stream messages keep a session from idling out: pings and
// open connections without traffic do not. Source: specification §10.6.

import type { SessionLimits } from '../../../shared/session'
import type { Forecast } from '../../../shared/model/forecast'

/** A real minute. */
const MINUTE_MS = 60_000
/** The service's, until the account's is known. */
const DEFAULT_IDLE_MS = 20 * MINUTE_MS

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

  /** The account's limits; undefined until they are known. */
  get limits(): SessionLimits | undefined {
    return this.#limits
  }

  learn(limits: SessionLimits): void {
    this.#limits = limits
  }

  /** When the session last carried something (epoch ms), and the account's idle timeout, ms of the service. */
  use(lastUsedAt: number): { readonly usedAt: number; readonly idleTimeoutMs: number } {
    const minutes = (this.#limits?.idleTimeoutMs ?? DEFAULT_IDLE_MS) / MINUTE_MS
    return { usedAt: Math.max(lastUsedAt, this.#startedAt), idleTimeoutMs: minutes * this.#minuteMs }
  }

  /**
   * The time that is left at `nowAt`; empty until the limits are known. The idle timeout is part of it after a minute without
   * traffic: before that it would move with every message. Times are epoch ms.
   */
  timeLeft(lastStreamAt: number, nowAt: number): Pick<Forecast, 'endsAt' | 'idleEndsAt'> {
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
