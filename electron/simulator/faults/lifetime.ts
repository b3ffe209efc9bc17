// How long a session and its sockets live by the service's clock: idle timeout, maximum duration, the hourly recycle. And how long an
// agent waits for the first client, which no compressed clock shortens: a client takes real time to connect.
//
// Only stream messages keep a session from idling out, pings do not. Minutes are real ones unless the clock is compressed.
// Source: specification §10.6, §13 S16.

/** The limits of every session. Minutes of the clock. */
export interface Limits {
  /** How long a minute of the service takes. */
  readonly minuteMs: number
  readonly idleMinutes: number
  /** Undefined: without end. */
  readonly maxMinutes: number | undefined
  /** How long the agent of a session with a handshake waits for the first client. */
  readonly firstClientMs: number
}

/** Called when one of the times has passed. */
export interface LifetimeEvents {
  onIdle(): void
  onMaxDuration(): void
  /** The agent has waited for the first client in vain. */
  onNoClient(): void
  /** A leg has been open for an hour. */
  onRecycle(leg: 'client' | 'agent'): void
}

/** The Output of `channel_closed`. The first was recorded at the real service; the second is ours, no recording has it. */
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
  #clientTimer: NodeJS.Timeout | undefined
  #usedAt = performance.now()
  #isOver = false

  constructor(limits: Limits, events: LifetimeEvents) {
    this.#limits = limits
    this.#events = events
  }

  /** The session begins. `hasHandshake`: its agent waits for the answer of a client. */
  start(hasHandshake: boolean): void {
    const { maxMinutes, minuteMs, firstClientMs } = this.#limits
    if (hasHandshake) this.#clientTimer = setTimeout(() => this.#events.onNoClient(), firstClientMs)
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
    if (leg === 'client') clearTimeout(this.#clientTimer)
    clearTimeout(this.#recycles.get(leg))
    const timer = setTimeout(() => this.#events.onRecycle(leg), RECYCLE_MINUTES * this.#limits.minuteMs)
    this.#recycles.set(leg, timer)
  }

  /** A leg is gone by other means. */
  closed(leg: 'client' | 'agent'): void {
    clearTimeout(this.#recycles.get(leg))
  }

  stop(): void {
    this.#isOver = true
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#maxTimer)
    clearTimeout(this.#clientTimer)
    for (const timer of this.#recycles.values()) clearTimeout(timer)
  }

  // Looks again when the newest message would be too old, instead of moving a timer with each message.
  #watchIdle(): void {
    const limitMs = this.#limits.idleMinutes * this.#limits.minuteMs
    const leftMs = this.#usedAt + limitMs - performance.now()
    if (leftMs <= 0) this.#events.onIdle()
    else this.#idleTimer = setTimeout(() => this.#watchIdle(), leftMs)
  }
}
