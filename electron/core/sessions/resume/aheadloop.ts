// Resumes one open session ahead, as often as ahead.ts asks for it. The attached socket goes on until another one is proven.
//
//   due -> ResumeSession -> upgrade -> offered beside the attached socket -> taken
//               |              |            |--- silent, a minute of keys left --> the attached one is closed first
//               |              |            +--- silent, closed ----------------> later
//               |              +--- refused, network ---------------------------> later
//               +--- denied: never again; keys ended: until something reaches AWS; "connected": the attached one is closed first
//
// A failure leaves the attached socket alone and is told to no one but the diagnostic log. Owns the attempt under way.

import { asAppError, type AppError } from '../../../../shared/errors'
import type { Diagnostic } from '../../../../shared/diagnostics'
import type { KeysOutlook } from '../../../../shared/session'
import type { Channel } from '../../../ssm/channel/channel'
import { aheadAt, aheadRetryMs, mayCloseFirst, refusalOf } from './ahead'
import type { ForecastFacts } from '../forecast'
import type { Redial } from './redial'
import type { Timing } from '../timing'

/** What resuming ahead needs of its session. */
export interface AheadOptions {
  readonly timing: Timing
  readonly channel: Pick<Channel, 'offer' | 'takeOver' | 'withdraw' | 'lose'>
  readonly redial: Pick<Redial, 'again'>
  /** Read at each decision: other keys may have been handed over. */
  readonly outlook: () => KeysOutlook
  readonly isDenied: () => boolean
  /** When the session last carried something, epoch ms, and the account's idle timeout, ms of the service. */
  readonly use: () => { readonly usedAt: number; readonly idleTimeoutMs: number }
  /** Takes the outcome for the diagnostic log. */
  readonly diagnose: (outcome: Extract<Diagnostic, { kind: 'resume-ahead' }>['outcome']) => void
  /** Between 0 and 1. Absent: Math.random. */
  readonly random?: () => number
}

/** The resumes ahead of one session. Its owner calls `look` often, and `socketOpened` and `socketLost` as they happen. */
export class AheadLoop {
  readonly #options: AheadOptions
  #socketSinceAt = Date.now()
  #isOut = false
  #jitter = 0
  #failures = 0
  #retryAt: number | undefined
  /** The outlook of the keys that AWS has refused as ended. */
  #refused: KeysOutlook | undefined
  #attempt: AbortController | undefined

  constructor(options: AheadOptions) {
    this.#options = options
    this.socketOpened()
  }

  /** The state of the socket and of the keys now. */
  get facts(): Omit<ForecastFacts, 'nowAt' | 'limits'> {
    const { timing, isDenied } = this.#options
    const outlook = this.#options.outlook()
    return {
      socketSinceAt: this.#socketSinceAt,
      outlook,
      // Other keys may have taken their place.
      areKeysRefused: this.#refused !== undefined && isSame(this.#refused, outlook),
      isResumeDenied: isDenied(),
      minuteMs: timing.minuteMs,
    }
  }

  /** A socket was attached that was opened at `at` (epoch ms). */
  socketOpened(at = Date.now()): void {
    const { random = Math.random } = this.#options
    this.#socketSinceAt = at
    this.#jitter = 2 * random() - 1
    this.#isOut = false
    this.#failures = 0
    this.#retryAt = undefined
  }

  /** The session has no socket: an attempt under way is given up. */
  socketLost(cause: AppError): void {
    this.#isOut = true
    this.#attempt?.abort(cause)
  }

  /** AWS has answered another call: keys that it had refused were replaced. */
  reached(): void {
    this.#refused = undefined
  }

  /** Begins an attempt if one is due. */
  look(): void {
    if (this.#attempt !== undefined) return
    const nowAt = Date.now()
    const at = aheadAt({
      ...this.facts,
      ...this.#options.use(),
      nowAt,
      isOut: this.#isOut,
      retryAt: this.#retryAt,
      jitter: this.#jitter,
      afterMinutes: this.#options.timing.resumeAheadMinutes,
    })
    if (at === undefined || nowAt < at) return
    const attempt = new AbortController()
    this.#attempt = attempt
    void this.#resume(attempt.signal).finally(() => {
      this.#attempt = undefined
    })
  }

  /** Never rejects. */
  async #resume(signal: AbortSignal): Promise<void> {
    const { channel, redial, timing, diagnose } = this.#options
    const askedWith = this.#options.outlook()
    try {
      const { wire, tokenValue } = await redial.again(signal)
      const openedAt = Date.now()
      // The socket may have been lost in the moment when the other one was ready.
      if (signal.aborted) {
        wire.terminate()
        return
      }
      const outcome = await channel.offer(wire, tokenValue, timing.proveMs)
      if (signal.aborted) return
      diagnose(outcome)
      const isTaken = outcome === 'taken' || (outcome === 'silent' && this.#mayCloseFirst() && channel.takeOver())
      if (isTaken) {
        this.socketOpened(openedAt)
        return
      }
      channel.withdraw()
      this.#fail()
    } catch (error) {
      if (signal.aborted) return
      const refused = asAppError(error)
      const refusal = refusalOf(refused)
      diagnose(refused.code)
      this.#fail()
      if (refusal === 'keys-ended') this.#refused = askedWith
      if (refusal === 'connected' && this.#mayCloseFirst()) channel.lose(refused)
    }
  }

  #mayCloseFirst(): boolean {
    const { outlook, timing } = this.#options
    return mayCloseFirst(outlook(), Date.now(), timing.minuteMs)
  }

  #fail(): void {
    this.#failures += 1
    this.#retryAt = Date.now() + aheadRetryMs(this.#failures, this.#options.timing.minuteMs)
  }
}

function isSame(one: KeysOutlook, other: KeysOutlook): boolean {
  if (one.kind === 'ending' && other.kind === 'ending') return one.endsAt === other.endsAt
  return one.kind === other.kind
}
