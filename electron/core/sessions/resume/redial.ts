// Gets new sockets for one session: ResumeSession with the keys of that moment, then the upgrade.
//
// Remembers the newest address that the service has named. An attempt ends after `attemptMs`, with its signal, or by a wake.

import { AppError, asAppError } from '../../../../shared/errors'
import type { SessionTicket } from '../../../../shared/session'
import type { Wire } from '../../../ssm/channel/wire'
import { refusalOf } from './ahead'
import type { SessionService } from '../parts'
import type { ResumePermission } from './permission'
import { reach } from '../refusal'

// A wake starts the attempt anew if it is older than this.
const STALE_ATTEMPT_MS = 3_000

/** What dialling anew needs. */
export interface RedialOptions {
  readonly service: SessionService
  readonly sessionId: string
  readonly permission: ResumePermission
  /** See `Timing`. */
  readonly attemptMs: number
}

/** An open socket that nothing was sent on, and the token of its open message. */
export interface Dialled {
  readonly wire: Wire
  readonly tokenValue: string
}

/** The sockets of one session, one after the other. */
export class Redial {
  readonly #options: RedialOptions
  /** The newest address that the service has named. */
  #streamUrl = ''
  /** Each looks at an attempt that is under way. */
  readonly #underWay = new Set<() => void>()

  constructor(options: RedialOptions) {
    this.#options = options
  }

  /** Opens the first socket of a session, with the ticket of its start. Rejects as `reach` does. */
  first(ticket: SessionTicket, signal: AbortSignal): Promise<Wire> {
    this.#streamUrl = ticket.streamUrl
    return reach(this.#options.service, ticket, signal)
  }

  /** Calls ResumeSession and opens a socket. Rejects with the codes of both, with `timeout`, or with the signal's reason. */
  async again(signal: AbortSignal): Promise<Dialled> {
    const { service, sessionId, permission, attemptMs } = this.#options
    const limit = new AbortController()
    const abort = (): void => limit.abort(signal.reason)
    const timer = setTimeout(
      () => limit.abort(new AppError('timeout', 'The connection could not be renewed in time. Culvert tries again.')),
      attemptMs,
    )
    signal.addEventListener('abort', abort, { once: true })
    // By the wall clock, which counts sleep: an attempt from before a sleep waits on a connection that is gone.
    const startedAt = Date.now()
    const look = (): void => {
      if (Date.now() - startedAt < STALE_ATTEMPT_MS) return
      limit.abort(new AppError('network', 'The attempt was begun anew after a wake.'))
    }
    this.#underWay.add(look)
    try {
      const ticket = await permission.watch(() => service.resumeSession(sessionId, limit.signal))
      // Dials the URL that ResumeSession returned: the service may have moved the session (D9). Without one, the URL before.
      this.#streamUrl = ticket.streamUrl || this.#streamUrl
      const wire = await reach(service, { ...ticket, streamUrl: this.#streamUrl }, limit.signal)
      return { wire, tokenValue: ticket.tokenValue }
    } catch (error) {
      const failure = asAppError(error)
      // This passes once the service has noticed that the socket is gone.
      if (refusalOf(failure) === 'connected') throw new AppError('service', failure.message, { cause: error })
      throw error
    } finally {
      clearTimeout(timer)
      this.#underWay.delete(look)
      signal.removeEventListener('abort', abort)
    }
  }

  /** Ends an attempt that is older than 3 s: its caller makes another one. */
  wake(): void {
    for (const look of this.#underWay) look()
  }
}
