// Pings one socket and reports when nothing was received on it for too long.
//
// A reset shows as a failed read. A path that drops every packet shows only as a missing pong (D20). While the process stood still
// (sleep, a debugger, a busy machine) it could receive nothing, which says nothing about the path. So after such a gap the heartbeat
// pings once more before it declares the socket dead.

import { monotonicNow, type MonotonicClock } from './clock'
import type { Wire } from './wire'

/** How often a socket is pinged and how long it may be silent, ms. */
export interface HeartbeatTiming {
  readonly pingMs: number
  readonly deadMs: number
}

/**
 * Load balancers forget a connection that is idle for 60 s, so pings come well before that. A socket is dead after two unanswered
 * pings and some slack.
 */
export const defaultHeartbeat: HeartbeatTiming = { pingMs: 20_000, deadMs: 45_000 }

// How often the deadline is looked at: a dead socket is noticed at most this much late.
const TICK_MS = 5_000
// A tick that is late by more than this means that the process stood still.
const LATE_MS = 5_000
// A working path answers a ping within this time. After a wake a person waits for the outcome.
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

  /** Pings now and calls `onDead` when nothing comes back within 5 s. Does nothing while a probe is under way. */
  probe(): void {
    if (this.#probe !== undefined) return
    this.#probe = setTimeout(() => this.#die(), PROBE_MS)
    this.#wire.ping()
  }

  /** Something was received on the socket. */
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
