// How a session without a socket comes back: tried at once, then again and again by time, with pauses that grow.
//
//   lost -> attempt -> proven, or pause -> attempt -> ...
//
// Owns the pause and the outage as far as it has come. An outage is over once a socket has lived for a while (`steadyMs`): one
// that is lost sooner goes on with its attempts, its pauses and its beginning, so that a peer that answers once and hangs up is
// not called a hundred times a second. Does not own what an attempt is (session.ts).

import type { AppError } from '../../../shared/errors'
import { monotonicNow, type MonotonicClock } from '../../ssm/channel/clock'
import { hasNetwork } from './interfaces'
import { backoffMs, judge, passesWithTheWay, Pause } from './retry'
import type { ResumeProgress } from './parts'
import type { Timing } from './timing'

/** What a recovery needs of its session. */
export interface RecoveryOptions {
  readonly timing: Timing
  /** Ends it. */
  readonly signal: AbortSignal
  /** Tells how it stands: at the loss, and again with each attempt and each wait. */
  readonly tell: (progress: ResumeProgress) => void
  /** One attempt, within `attemptMs`. Resolves undefined once the new socket is proven, else with why it is not. Never rejects. */
  readonly attempt: () => Promise<AppError | undefined>
  readonly now?: MonotonicClock
}

/** The recoveries of one session, one after the other. */
export class Recovery {
  readonly #options: RecoveryOptions
  readonly #now: MonotonicClock
  readonly #pause = new Pause()
  /** Epoch ms of the loss that the outage began with, and the attempt that comes next. */
  #outage: { readonly sinceAt: number; readonly attempt: number } | undefined
  #provenAt: number | undefined
  #waitsForTheWay = false

  constructor(options: RecoveryOptions) {
    this.#options = options
    this.#now = options.now ?? monotonicNow
  }

  /** A new socket has proven itself. Returns how many attempts the outage took so far. */
  proven(): number {
    this.#provenAt = this.#now()
    return this.#outage === undefined ? 0 : this.#outage.attempt - 1
  }

  /** Ends the pause: somebody wants it tried now. */
  cut(): void {
    this.#pause.cut()
  }

  /** Another session has reached the service: tries now where just that was missing. */
  reached(): void {
    if (this.#waitsForTheWay) this.#pause.cut()
  }

  /**
   * Tries until a socket is proven or the signal is aborted; resolves undefined then. Resolves with the last failure when
   * trying again cannot help, or when it was tried for `deadlineMs`. Time without any network, and time that the computer slept,
   * is not time that it was tried. Never rejects.
   */
  async run(lossCause: AppError, deadlineMs: number): Promise<AppError | undefined> {
    const { timing, signal, tell } = this.#options
    const begun = this.#goesOn() ?? { sinceAt: Date.now(), attempt: 1 }
    const { sinceAt } = begun
    let cause = lossCause
    // A look at the same obstacle by time changes nothing that a person would want to know.
    let obstacle: { readonly waitsFor?: 'login' | 'network' } = {}
    let triedMs = 0
    for (let { attempt } = begun; ; attempt += 1) {
      const waitMs = Math.min(backoffMs(attempt, timing, Math.random), deadlineMs - triedMs)
      if (waitMs > 0) {
        tell({ cause, attempt, sinceAt, retryAt: Date.now() + waitMs, ...obstacle })
        const pausedAt = this.#now()
        const isCut = await this.#pause.wait(waitMs, signal)
        if (signal.aborted) return undefined
        if (obstacle.waitsFor !== 'network') triedMs += Math.min(this.#now() - pausedAt, waitMs)
        if (isCut) obstacle = {}
      }
      this.#waitsForTheWay = false
      this.#outage = { sinceAt, attempt: attempt + 1 }
      tell({ cause, attempt, sinceAt, ...obstacle })
      const startedAt = this.#now()
      const failure = await this.#options.attempt()
      if (failure === undefined || signal.aborted) return undefined
      triedMs += Math.min(this.#now() - startedAt, timing.attemptMs)
      cause = failure
      const verdict = judge(failure)
      if (verdict === 'gone' || verdict === 'final' || triedMs >= deadlineMs) return cause
      const isOffline = verdict === 'network' && !hasNetwork()
      obstacle = verdict === 'login' ? { waitsFor: 'login' } : isOffline ? { waitsFor: 'network' } : {}
      this.#waitsForTheWay = passesWithTheWay(failure)
    }
  }

  /** The outage before, where its last socket did not live long enough to end it. */
  #goesOn(): { readonly sinceAt: number; readonly attempt: number } | undefined {
    const isOver = this.#provenAt !== undefined && this.#now() - this.#provenAt >= this.#options.timing.steadyMs
    return isOver ? undefined : this.#outage
  }
}
