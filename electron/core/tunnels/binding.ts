// The binding of a tunnel's local port: at once, or as soon as the program that has it lets go of it.

import { asAppError, type AppError } from '../../../shared/errors'
import { judge } from '../sessions/retry'
import { listen, type Listener, type ListenOptions } from './listener'

/** What binding needs. */
export interface BindingOptions extends ListenOptions {
  /** Ends the waiting. */
  readonly signal: AbortSignal
  /** Waits before the port is tried again; absent: a port in use is an error. `sinceAt` (epoch ms) is when it was tried first. */
  readonly wait?: (cause: AppError, sinceAt: number) => Promise<void>
}

/**
 * Binds a local port. Resolves undefined, with nothing bound, once the signal is aborted. Rejects with `port-not-allowed` and
 * `internal`, and with `port-in-use` where nothing is waited for.
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
