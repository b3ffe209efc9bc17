// When to try again, and whether an error allows it. Pure, except for `Pause`.

import type { AppError, ErrorCode } from '../../../../shared/errors'
import { doubled } from '../../async/doubling'
import type { Timing } from '../timing'

/**
 * What an error means for the next attempt.
 * `again`: it may pass by itself. `network`, `login`, `instance`, `port`: it passes once that thing is available.
 * `gone`: the session has ended, a new one may work. `final`: another attempt cannot help, a person must act.
 */
export type Verdict = 'again' | 'network' | 'login' | 'instance' | 'port' | 'gone' | 'final'

const verdicts: Record<ErrorCode, Verdict> = {
  usage: 'final',
  'unknown-instance': 'final',
  'ambiguous-name': 'final',
  'wrong-region': 'final',
  'agent-offline': 'instance',
  'access-denied': 'final',
  'credentials-missing': 'login',
  'credentials-expired': 'login',
  'region-missing': 'final',
  'profile-unknown': 'final',
  'clock-skew': 'again',
  'document-missing': 'final',
  throttled: 'again',
  service: 'again',
  network: 'network',
  timeout: 'again',
  'stream-url-refused': 'final',
  'upgrade-refused': 'again',
  protocol: 'again',
  'session-gone': 'gone',
  'session-ended': 'gone',
  'session-terminated': 'gone',
  'idle-timeout': 'gone',
  'max-duration': 'gone',
  'agent-too-old': 'final',
  'not-supported': 'final',
  'encryption-unsupported': 'final',
  'encryption-failed': 'gone',
  'key-denied': 'final',
  'port-in-use': 'port',
  'port-not-allowed': 'final',
  // These end a session of an agent without a multiplexer. A new session works until the next connection to that destination.
  'destination-refused': 'gone',
  'destination-forbidden': 'final',
  'reader-stalled': 'gone',
  'connection-limit': 'again',
  'forward-expired': 'final',
  'authorization-refused': 'final',
  'tunnel-down': 'again',
  'name-taken': 'final',
  'unknown-forward': 'final',
  'unknown-target': 'final',
  // A host of the set may start, or come into it.
  'no-good-host': 'instance',
  // Its exec agent may start yet, or another task may take its place.
  'exec-blocked': 'instance',
  'container-full': 'again',
  'task-failed': 'final',
  'entry-point': 'final',
  'ephemeral-limit': 'final',
  'drain-unreachable': 'final',
  'recording-failed': 'final',
  'unknown-drain': 'final',
  'directory-locked': 'final',
  'data-directory': 'final',
  'not-running': 'final',
  'simulator-failed': 'final',
  internal: 'again',
}

/** See `Verdict`. */
export function judge({ code }: Pick<AppError, 'code'>): Verdict {
  return verdicts[code]
}

/** Whether an error passes once the service can be reached and the login works: then one session's success ends every such wait. */
export function passesWithTheWay(error: Pick<AppError, 'code'>): boolean {
  const verdict = judge(error)
  return verdict === 'network' || verdict === 'login' || error.code === 'timeout'
}

/** The wait before attempt `attempt` in ms: 0 before the first, then doubling up to a maximum, with 50 to 100 % of that at random. */
export function backoffMs(attempt: number, timing: Timing, random: () => number): number {
  if (attempt <= 1) return 0
  return doubled(timing.firstRetryMs, timing.maxRetryMs, attempt - 2) * (0.5 + random() / 2)
}

/** A wait that can be cut short; one at a time. */
export class Pause {
  #cut: (() => void) | undefined

  /** Resolves false after `ms` or when `signal` is aborted, true when cut short. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const finish = (isCut: boolean): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        this.#cut = undefined
        resolve(isCut)
      }
      const abort = (): void => finish(false)
      const timer = setTimeout(abort, ms)
      signal.addEventListener('abort', abort)
      this.#cut = () => finish(true)
    })
  }

  /** Ends the present wait, if there is one. */
  cut(): void {
    this.#cut?.()
  }
}
