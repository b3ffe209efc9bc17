// The time between two sessions of a tunnel: what it waits for, and how that is told.
//
// What passes by itself is tried again by time; what needs the network, a login, the instance or the port is waited for and
// looked at every so often. Every wait can be cut short. Does not decide what cannot be waited for (retry.ts, tunnel.ts).

import { toWireError, type AppError } from '../../../shared/errors'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { hasNetwork } from '../sessions/interfaces'
import { backoffMs, judge, passesWithTheWay, Pause } from '../sessions/retry'
import type { Timing } from '../sessions/timing'

/** What ends sooner than this after it was up counts as a failed attempt: the next attempt waits. */
export const SHORT_LIFE_MS = 30_000

/** An outage as far as it has come. */
export interface Outage {
  /** Epoch ms. */
  readonly sinceAt: number
  readonly cause: AppError
  /** The attempt that comes next; 1 is the first. */
  readonly attempt: number
  readonly connectionsLost: number
}

/** The outage that `cause` has begun. */
export function newOutage(cause: AppError): Outage {
  return { sinceAt: Date.now(), cause, attempt: 1, connectionsLost: 0 }
}

/** The state while something new is tried in place of what was up. */
export function restartingState({
  attempt,
  sinceAt,
  cause,
}: Outage): Extract<TunnelState, { readonly kind: 'reconnecting' }> {
  return { kind: 'reconnecting', via: 'restart', attempt, sinceAt, cause: toWireError(cause) }
}

/** The event that ends an outage now: something new is up. */
export function restartedEvent({ sinceAt, connectionsLost, cause }: Outage): TunnelEvent {
  // The clock may have been set back meanwhile.
  const pausedMs = Math.max(0, Date.now() - sinceAt)
  return { kind: 'restarted', pausedMs, connectionsLost, cause: toWireError(cause) }
}

/** What waiting needs. */
export interface WaitsOptions {
  readonly timing: Timing
  /** Ends every wait. */
  readonly signal: AbortSignal
  readonly tell: (state: TunnelState) => void
  /** Whether the instance's agent answers; a rejection means that nobody may ask. */
  readonly isOnline: (signal: AbortSignal) => Promise<boolean>
}

/** The waits of one tunnel, one at a time. None rejects. */
export class Waits {
  readonly #options: WaitsOptions
  readonly #pause = new Pause()
  #waitsForTheWay = false

  constructor(options: WaitsOptions) {
    this.#options = options
  }

  /** Ends the wait that is under way: somebody wants it tried now. */
  cut(): void {
    this.#pause.cut()
  }

  /** Another session has reached the service: ends a wait for just that. */
  reached(): void {
    if (this.#waitsForTheWay) this.#pause.cut()
  }

  /** Waits before the next attempt. */
  async out(outage: Outage): Promise<void> {
    this.#waitsForTheWay = passesWithTheWay(outage.cause)
    await this.#wait(outage)
    this.#waitsForTheWay = false
  }

  async #wait(outage: Outage): Promise<void> {
    const { cause, attempt, sinceAt } = outage
    const { timing, signal, tell } = this.#options
    const verdict = judge(cause)
    if (verdict === 'login') {
      await this.#waitFor('login', { cause, sinceAt, waitMs: timing.maxRetryMs })
      return
    }
    if (verdict === 'instance') return this.#forInstance(cause, sinceAt)
    if (verdict === 'network' && !hasNetwork()) {
      await this.#waitFor('network', { cause, sinceAt, waitMs: timing.pollMs })
      return
    }
    const waitMs = backoffMs(attempt + 1, timing, Math.random)
    const retryAt = Date.now() + waitMs
    tell({ ...restartingState({ ...outage, attempt: attempt + 1 }), retryAt })
    await this.#pause.wait(waitMs, signal)
  }

  /** Waits before the port is tried again. */
  async forPort(cause: AppError, sinceAt: number): Promise<void> {
    await this.#waitFor('port', { cause, sinceAt, waitMs: this.#options.timing.pollMs })
  }

  /** Waits until the agent answers again, or until somebody wants it tried. */
  async #forInstance(cause: AppError, sinceAt: number): Promise<void> {
    const { timing, signal, isOnline } = this.#options
    for (;;) {
      const wasCut = await this.#waitFor('instance', { cause, sinceAt, waitMs: timing.pollMs })
      // Who may not ask tries.
      if (signal.aborted || wasCut || (await isOnline(signal).catch(() => true))) return
    }
  }

  /** Whether the wait was cut short. */
  async #waitFor(
    what: Extract<TunnelState, { readonly kind: 'waiting' }>['for'],
    wait: { readonly cause: AppError; readonly sinceAt: number; readonly waitMs: number },
  ): Promise<boolean> {
    const { signal, tell } = this.#options
    if (signal.aborted) return false
    const { cause, sinceAt, waitMs } = wait
    tell({ kind: 'waiting', for: what, sinceAt, retryAt: Date.now() + waitMs, cause: toWireError(cause) })
    return this.#pause.wait(waitMs, signal)
  }
}
