// Notices that the computer slept: a timer that fires much too late. For doors that the system tells nothing, and where it
// forgets to tell.

/** How often the timer fires. */
const TICK_MS = 10_000

/** A busy process may be late by a second or two; one that slept is late by more. */
const LATE_MS = 5_000

/** The clock on the wall and a timer; injected by tests. */
export interface WallClock {
  /** Epoch ms. Not a monotonic clock: those stand still while some systems sleep. */
  now(): number
  /** Calls `tick` every `periodMs`; returns what stops it. */
  every(periodMs: number, tick: () => void): () => void
}

const systemClock: WallClock = {
  now: Date.now,
  every: (periodMs, tick) => {
    const timer = setInterval(tick, periodMs)
    // Watching keeps nobody alive.
    timer.unref()
    return () => clearInterval(timer)
  },
}

/**
 * Calls `wake` whenever the timer fires more than 5 s late, until it is disposed of. A clock that was set forward looks
 * the same: a false alarm must be cheap.
 */
export function watchSleep(wake: () => void, clock: WallClock = systemClock): Disposable {
  let expectedAt = clock.now() + TICK_MS
  const stop = clock.every(TICK_MS, () => {
    const nowAt = clock.now()
    const isLate = nowAt - expectedAt > LATE_MS
    expectedAt = nowAt + TICK_MS
    if (isLate) wake()
  })
  return { [Symbol.dispose]: stop }
}
