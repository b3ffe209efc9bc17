// How long a session and its sockets live by the service's clock: idle timeout, maximum duration, the hourly recycle.
//
// Stream messages keep a session from idling out; pings do not. A minute is a real one unless the clock is compressed.
// Source: specification §10.6, §13 S16.

/** The limits of every session. Minutes of the clock. */
export interface Limits {
  /** How long a minute of the service takes. */
  readonly minuteMs: number
  readonly idleMinutes: number
  /** Undefined: no limit. */
  readonly maxMinutes: number | undefined
}

/** The callbacks for times that are over. */
export interface LifetimeEvents {
  onIdle(): void
  onMaxDuration(): void
  /** A leg has been open for an hour. */
  onRecycle(leg: 'client' | 'agent'): void
}

/** The texts that the client gets. The first was recorded at the real service, the second is a guess. */
export const IDLE_TEXT = 'Your session timed out due to inactivity and has been terminated.'
export const MAX_DURATION_TEXT = 'Your session reached its maximum duration and has been terminated.'

const RECYCLE_MINUTES = 60

/** The timers of one session. `stop` them with it. */
export class Lifetime {
  readonly #limits: Limits
  readonly #events: LifetimeEvents
  readonly #recycles = new Map<'client' | 'agent', NodeJS.Timeout>()
  #idleTimer: NodeJS.Timeout | undefined
  #maxTimer: NodeJS.Timeout | undefined
  #usedAt = performance.now()
  #isOver = false

  constructor(limits: Limits, events: LifetimeEvents) {
    this.#limits = limits
    this.#events = events
  }

  /** The session begins. */
  start(): void {
    const { maxMinutes, minuteMs } = this.#limits
    this.used()
    this.#watchIdle()
    if (maxMinutes !== undefined) this.#maxTimer = setTimeout(() => this.#events.onMaxDuration(), maxMinutes * minuteMs)
  }

  /** A stream message has passed. */
  used(): void {
    this.#usedAt = performance.now()
  }

  /** A leg has been opened; its hour begins. */
  opened(leg: 'client' | 'agent'): void {
    if (this.#isOver) return
    clearTimeout(this.#recycles.get(leg))
    const timer = setTimeout(() => this.#events.onRecycle(leg), RECYCLE_MINUTES * this.#limits.minuteMs)
    this.#recycles.set(leg, timer)
  }

  /** A leg has been closed before its hour was over. */
  closed(leg: 'client' | 'agent'): void {
    clearTimeout(this.#recycles.get(leg))
  }

  stop(): void {
    this.#isOver = true
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#maxTimer)
    for (const timer of this.#recycles.values()) clearTimeout(timer)
  }

  // One timer that looks again at the time when the newest message would be too old. Moving it with each message would cost more.
  #watchIdle(): void {
    const limitMs = this.#limits.idleMinutes * this.#limits.minuteMs
    const leftMs = this.#usedAt + limitMs - performance.now()
    if (leftMs <= 0) this.#events.onIdle()
    else this.#idleTimer = setTimeout(() => this.#watchIdle(), leftMs)
  }
}
