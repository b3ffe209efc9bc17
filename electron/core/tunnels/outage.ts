// The time between two sessions of a tunnel: the waits before the next attempt, and the states that tell them.
//
// An error that can pass by itself is retried after a growing pause. A missing network, login, instance or port is waited for and
// polled. Every wait can be cut short. retry.ts and tunnel.ts decide which errors are not waited for.

import { toWireError, type AppError } from '../../../shared/errors'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { hasNetwork } from '../sessions/resume/interfaces'
import { backoffMs, judge, passesWithTheWay, Pause } from '../sessions/resume/retry'
import type { Timing } from '../sessions/timing'

/** A session or environment that was up for less than this counts as a failed attempt: the next attempt waits. */
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

/** A new outage, begun now by `cause`. */
export function newOutage(cause: AppError): Outage {
  return { sinceAt: Date.now(), cause, attempt: 1, connectionsLost: 0 }
}

/** The state while a new session is tried in place of one that was up. */
export function restartingState({
  attempt,
  sinceAt,
  cause,
}: Outage): Extract<TunnelState, { readonly kind: 'reconnecting' }> {
  return { kind: 'reconnecting', via: 'restart', attempt, sinceAt, cause: toWireError(cause) }
}

/** The event of an outage that ends now because a new session is up. */
export function restartedEvent({ sinceAt, connectionsLost, cause }: Outage): TunnelEvent {
  // Not negative if the clock was set back during the outage.
  const pausedMs = Math.max(0, Date.now() - sinceAt)
  return { kind: 'restarted', pausedMs, connectionsLost, cause: toWireError(cause) }
}

/** What waiting needs. */
export interface WaitsOptions {
  readonly timing: Timing
  /** An abort ends every wait. */
  readonly signal: AbortSignal
  readonly tell: (state: TunnelState) => void
  /** Whether the instance's agent is online. Rejects if this account may not describe the instance. */
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

  /** Ends the present wait: the next attempt begins now. */
  cut(): void {
    this.#pause.cut()
  }

  /** Another session has reached the service: ends a wait for the network or the login. */
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

  /** Waits until the agent is online again, or until the wait is cut short. */
  async #forInstance(cause: AppError, sinceAt: number): Promise<void> {
    const { timing, signal, isOnline } = this.#options
    for (;;) {
      const wasCut = await this.#waitFor('instance', { cause, sinceAt, waitMs: timing.pollMs })
      // Not allowed to describe the instance: just try.
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
