// Keeps one socket's life under watch: pings it and says when nothing has come back for too long.
//
// A read that fails tells of a reset; only a missing pong tells of a path that swallows everything (D20).

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
// After a wake nobody wants to wait: a path that is there answers within this.
const PROBE_MS = 5_000

/** The timer of one wire, for its pings and its deadline. Owned from construction until `stop`. */
export class Heartbeat {
  #heardAt = Date.now()
  #pingedAt = Date.now()
  readonly #timer: NodeJS.Timeout
  readonly #wire: Wire
  readonly #onDead: () => void
  #probe: NodeJS.Timeout | undefined

  /** Pings at once and then every `pingMs`; calls `onDead` (once) when nothing was heard for `deadMs`. */
  constructor(wire: Wire, { pingMs, deadMs }: HeartbeatTiming, onDead: () => void) {
    this.#wire = wire
    this.#onDead = onDead
    this.#timer = setInterval(
      () => {
        const now = Date.now()
        if (now - this.#heardAt >= deadMs) {
          this.stop()
          onDead()
        } else if (now - this.#pingedAt >= pingMs) {
          this.#pingedAt = now
          wire.ping()
        }
      },
      Math.min(TICK_MS, pingMs),
    )
    wire.ping()
  }

  /** Pings now; calls `onDead` when nothing comes back within 5 s. A probe that is under way is enough. */
  probe(): void {
    if (this.#probe !== undefined) return
    this.#probe = setTimeout(() => {
      this.stop()
      this.#onDead()
    }, PROBE_MS)
    this.#wire.ping()
  }

  /** Anything came in. */
  heard(): void {
    this.#heardAt = Date.now()
    clearTimeout(this.#probe)
    this.#probe = undefined
  }

  stop(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#probe)
  }
}
