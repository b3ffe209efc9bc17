// When an open session is resumed ahead, so that its next socket has an hour of its own after the keys have ended. Pure.
//
//   keys are renewed here          never: each recycle resumes with the keys of that moment
//   keys end at a known time       2 minutes before, if the socket is older than that and is not recycled sooner
//   keys end at an unknown time    whenever the socket is 15 minutes old (a setting)
//
// Never during an outage, where ResumeSession is denied, or after the keys have ended. Nor once nothing was carried for the account's
// idle timeout: the proof of a socket counts as traffic, and would keep a session that the account wants to end.
// Source: specification §10.4, §10.6. All spans are minutes of the service; see `Timing.minuteMs`.

import { AppError } from '../../../../shared/errors'
import type { KeysOutlook } from '../../../../shared/session'
import { doubled } from '../../async/doubling'
import { judge } from './retry'

/** The service closes each socket this many minutes after it was opened. */
export const RECYCLE_MINUTES = 60
/** How long before the known end of the keys a session is resumed ahead. */
export const LEAD_MINUTES = 2
/** How far around that moment the resumes of several sessions are spread. */
export const JITTER_MINUTES = 0.25
// AWS may serve a second socket only once the first is closed. The first is risked only while this much time is left for a second try.
const RISK_MINUTES = 1
const FIRST_RETRY_MINUTES = 0.25
const MAX_RETRY_MINUTES = 5

/** The state of a session that decides when it is resumed ahead. Times are epoch ms. */
export interface AheadFacts {
  readonly nowAt: number
  readonly outlook: KeysOutlook
  /** When the attached socket was opened. */
  readonly socketSinceAt: number
  /** Whether there is no socket. */
  readonly isOut: boolean
  /** Whether ResumeSession is known to be denied. */
  readonly isResumeDenied: boolean
  /** Whether AWS has refused the keys as ended. */
  readonly areKeysRefused: boolean
  /** When the session last carried something. */
  readonly usedAt: number
  /** The account's idle timeout, ms of the service. */
  readonly idleTimeoutMs: number
  /** The next try after one that failed. */
  readonly retryAt: number | undefined
  /** Between -1 and 1; chosen once for each socket. */
  readonly jitter: number
  /** The age of a socket at which it is replaced while the end of the keys is unknown. */
  readonly afterMinutes: number
  readonly minuteMs: number
}

/** When the session is resumed ahead, epoch ms; a time that is past means now. Undefined: not with this socket and these keys. */
export function aheadAt(facts: AheadFacts): number | undefined {
  const { nowAt, outlook, socketSinceAt, minuteMs, jitter, retryAt = 0 } = facts
  if (facts.isOut || facts.isResumeDenied || facts.areKeysRefused) return undefined
  if (nowAt - facts.usedAt >= facts.idleTimeoutMs) return undefined
  const jitterMs = jitter * JITTER_MINUTES * minuteMs
  const recycleAt = socketSinceAt + RECYCLE_MINUTES * minuteMs
  switch (outlook.kind) {
    case 'lasting':
      return undefined
    case 'ending': {
      const { endsAt } = outlook
      const dueAt = endsAt - LEAD_MINUTES * minuteMs + jitterMs
      // A socket that was opened after that moment has its hour already.
      if (nowAt >= endsAt || socketSinceAt >= dueAt || dueAt >= recycleAt) return undefined
      return Math.max(dueAt, retryAt)
    }
    case 'unknown': {
      const dueAt = socketSinceAt + facts.afterMinutes * minuteMs + Math.abs(jitterMs)
      return dueAt >= recycleAt ? undefined : Math.max(dueAt, retryAt)
    }
  }
}

/** The pause after the `failures`th failure in a row, ms. */
export function aheadRetryMs(failures: number, minuteMs: number): number {
  return doubled(FIRST_RETRY_MINUTES, MAX_RETRY_MINUTES, failures - 1) * minuteMs
}

/**
 * Whether the attached socket may be closed before another one is proven: the keys have to work for another try. AWS has accepted
 * them a moment ago, so keys of an unknown end count as working.
 */
export function mayCloseFirst(outlook: KeysOutlook, nowAt: number, minuteMs: number): boolean {
  return outlook.kind !== 'ending' || outlook.endsAt - nowAt >= RISK_MINUTES * minuteMs
}

/** What a refused ResumeSession of an open session means. */
export type AheadRefusal = 'denied' | 'keys-ended' | 'connected' | 'later'

/**
 * Sorts the error of a resume ahead. AWS documents no code for "the session is connected", so its text decides; a text that is not
 * recognised only means a later try.
 */
export function refusalOf(error: AppError): AheadRefusal {
  if (isDenied(error)) return 'denied'
  if (judge(error) === 'login') return 'keys-ended'
  const isRequest = error.code === 'service' || error.code === 'usage'
  return isRequest && /\bconnected\b/i.test(error.message) && !/\bnot connected\b/i.test(error.message)
    ? 'connected'
    : 'later'
}

/** Whether IAM denies ResumeSession. For a lost session that error is `session-gone` with the denial as its cause. */
export function isDenied({ code, cause }: AppError): boolean {
  return code === 'access-denied' || (code === 'session-gone' && cause instanceof AppError && isDenied(cause))
}
