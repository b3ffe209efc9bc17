// Keeps one socket's life under watch: pings it and says when nothing has come back for too long.
//
// A read that fails tells of a reset; only a missing pong tells of a path that swallows everything (D20). A process that stood
// still (sleep, a debugger, a busy machine) could hear nothing: that is no silence of the path, so it asks once more first.

import { monotonicNow, type MonotonicClock } from './clock'
import type { Wire } from './wire'

/** How often a socket is pinged and how long it may be silent, ms. */
export interface HeartbeatTiming {
  readonly pingMs: number
  readonly deadMs: number
}

/** Well under the 60 s after which load balancers forget an idle connection; two pings unanswered, with some slack. */
export const defaultHeartbeat: HeartbeatTiming = { pingMs: 20_000, deadMs: 45_000 }

// How exactly the deadline is kept, at most.
const TICK_MS = 5_000
// A tick that comes later than this has been held up: the process stood still.
const LATE_MS = 5_000
// After a wake nobody wants to wait: a path that is there answers within this.
const PROBE_MS = 5_000

/** How a heartbeat is made. */
export interface HeartbeatOptions {
  readonly wire: Wire
  readonly timing: HeartbeatTiming
  readonly now?: MonotonicClock
  /** Called once, when nothing was heard for `deadMs`, or when a probe stayed unanswered. */
  readonly onDead: () => void
}

/** The timer of one wire, for its pings and its deadline. Owned from construction until `stop`. */
export class Heartbeat {
  readonly #wire: Wire
  readonly #timing: HeartbeatTiming
  readonly #now: MonotonicClock
  readonly #onDead: () => void
  readonly #tickMs: number
  readonly #timer: NodeJS.Timeout
  #heardAt: number
  #pingedAt: number
  #lookedAt: number
  #probe: NodeJS.Timeout | undefined

  /** Pings at once and then every `pingMs`. */
  constructor({ wire, timing, now = monotonicNow, onDead }: HeartbeatOptions) {
    this.#wire = wire
    this.#timing = timing
    this.#now = now
    this.#onDead = onDead
    this.#heardAt = now()
    this.#pingedAt = this.#heardAt
    this.#lookedAt = this.#heardAt
    this.#tickMs = Math.min(TICK_MS, timing.pingMs)
    this.#timer = setInterval(() => this.#look(), this.#tickMs)
    wire.ping()
  }

  /** Pings now; calls `onDead` when nothing comes back within 5 s. A probe that is under way is enough. */
  probe(): void {
    if (this.#probe !== undefined) return
    this.#probe = setTimeout(() => this.#die(), PROBE_MS)
    this.#wire.ping()
  }

  /** Anything came in. */
  heard(): void {
    this.#heardAt = this.#now()
    clearTimeout(this.#probe)
    this.#probe = undefined
  }

  stop(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#probe)
  }

  #look(): void {
    const now = this.#now()
    const isLate = now - this.#lookedAt > this.#tickMs + LATE_MS
    const isHeardSince = this.#heardAt > this.#lookedAt
    this.#lookedAt = now
    if (isLate && !isHeardSince) this.probe()
    else if (now - this.#heardAt >= this.#timing.deadMs) this.#die()
    else if (now - this.#pingedAt >= this.#timing.pingMs) {
      this.#pingedAt = now
      this.#wire.ping()
    }
  }

  #die(): void {
    this.stop()
    this.#onDead()
  }
}
