// The time of drains: epoch ms, and calls that come later. Tests have a clock of their own.

/** A clock. */
export interface Clock {
  /** Epoch ms. */
  now(): number
  /** Calls `call` once, after `ms`; returns what cancels it. The call never comes before this has returned. `call` must not throw. */
  after(ms: number, call: () => void): () => void
}

/** The system's clock. A call that waits does not keep the process running. */
export const systemClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`, or as soon as the signal is aborted. Never rejects. */
export function waited(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = clock.after(ms, finish)
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}
