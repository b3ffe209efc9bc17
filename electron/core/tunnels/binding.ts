// Binds the local port of a tunnel: at once, or as soon as the program that uses it has freed it.

import { asAppError, type AppError } from '../../../shared/errors'
import type { TunnelEvent } from '../../../shared/model/forward'
import { judge } from '../sessions/resume/retry'
import { listen, type Listener, type ListenOptions } from './listener'

/** Told where the listener has one address only. */
export const IPV4_ONLY: TunnelEvent = {
  kind: 'notice',
  text: 'This computer has no IPv6 loopback: only 127.0.0.1 is forwarded.',
}

/** What binding needs. */
export interface BindingOptions extends ListenOptions {
  /** Ends the waiting. */
  readonly signal: AbortSignal
  /** Waits before the next attempt; absent: a port in use is an error. `sinceAt` is the time of the first attempt, epoch ms. */
  readonly wait?: (cause: AppError, sinceAt: number) => Promise<void>
}

/**
 * Binds a local port. After an abort it resolves undefined and nothing is bound. Rejects with `port-not-allowed` and `internal`, and
 * without `wait` also with `port-in-use`.
 */
export async function bindPort(options: BindingOptions): Promise<Listener | undefined> {
  const { signal, wait } = options
  const sinceAt = Date.now()
  while (!signal.aborted) {
    try {
      const listener = await listen(options)
      if (!signal.aborted) return listener
      await listener[Symbol.asyncDispose]()
    } catch (error) {
      const cause = asAppError(error)
      if (wait === undefined || judge(cause) !== 'port') throw cause
      await wait(cause, sinceAt)
    }
  }
  return undefined
}
