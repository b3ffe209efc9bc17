// Resumes a session that has lost its socket: tries at once, and then again after pauses that grow.
//
//   lost -> attempt -> proven, or pause -> attempt -> ...
//
// Owns the pause and the state of the outage. An outage ends once a new socket has lived for `steadyMs`. If the socket is lost
// sooner, the same outage goes on with its attempts, its pauses and its beginning: otherwise a peer that answers and hangs up would
// be called a hundred times a second. Does not know how an attempt is made (session.ts).

import type { AppError } from '../../../../shared/errors'
import { monotonicNow, type MonotonicClock } from '../../../ssm/channel/clock'
import { hasNetwork } from './interfaces'
import { backoffMs, judge, passesWithTheWay, Pause } from './retry'
import type { ResumeProgress } from '../parts'
import type { Timing } from '../timing'

/** What a recovery needs of its session. */
export interface RecoveryOptions {
  readonly timing: Timing
  /** An abort ends the recovery. */
  readonly signal: AbortSignal
  /** Called at the loss, at each attempt and at each wait. */
  readonly tell: (progress: ResumeProgress) => void
  /** Makes one attempt, within `attemptMs`. Resolves undefined once the new socket is proven, else with the error. Never rejects. */
  readonly attempt: () => Promise<AppError | undefined>
  readonly now?: MonotonicClock
}

/** The recoveries of one session, one after the other. */
export class Recovery {
  readonly #options: RecoveryOptions
  readonly #now: MonotonicClock
  readonly #pause = new Pause()
  /** The loss that began the outage (epoch ms), and the number of the next attempt. */
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

  /** Ends the pause: the next attempt begins now. */
  cut(): void {
    this.#pause.cut()
  }

  /** Another session has reached the service: ends a pause after a failure of the network or the login. */
  reached(): void {
    if (this.#waitsForTheWay) this.#pause.cut()
  }

  /**
   * Tries until a socket is proven or the signal is aborted, and resolves undefined then. Resolves with the last failure if another
   * attempt cannot help, or after `deadlineMs` of trying. Time without any network and time that the computer slept do not count
   * towards `deadlineMs`. Never rejects.
   */
  async run(lossCause: AppError, deadlineMs: number): Promise<AppError | undefined> {
    const { timing, signal, tell } = this.#options
    const begun = this.#goesOn() ?? { sinceAt: Date.now(), attempt: 1 }
    const { sinceAt } = begun
    let cause = lossCause
    // An attempt by time keeps what was waited for before, so that the state does not flicker.
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

  /** The outage before, if its last socket did not live long enough to end it. */
  #goesOn(): { readonly sinceAt: number; readonly attempt: number } | undefined {
    const isOver = this.#provenAt !== undefined && this.#now() - this.#provenAt >= this.#options.timing.steadyMs
    return isOver ? undefined : this.#outage
  }
}
