// What one session tells the ledger of itself: its states, and how it is used. Does not own the ledger.
//
//   pending (told by the ledger) -> active <-> resuming -> canceling -> terminated (told by the ledger)
//
// A session that the service has ended is never `canceling`.

import type { SessionFacts } from '../../../shared/sessionnote'
import type { SessionEnd, SessionHandlers, SessionService } from './parts'

/** The notes of one session. */
export class SessionNotes {
  readonly #service: SessionService
  readonly #handlers: SessionHandlers
  readonly #sessionId: string
  readonly #lastUsedAt: () => number
  #hasBeenActive = false
  #endedBy: SessionEnd['by'] | undefined

  /** `lastUsedAt`: epoch ms, 0 before the first use. */
  constructor(
    { service, handlers }: { readonly service: SessionService; readonly handlers: SessionHandlers },
    sessionId: string,
    lastUsedAt: () => number,
  ) {
    this.#service = service
    this.#handlers = handlers
    this.#sessionId = sessionId
    this.#lastUsedAt = lastUsedAt
  }

  /** The session carries data, for the first time or again. */
  active(): void {
    this.#hasBeenActive = true
    this.#tell('active')
  }

  /** Its socket is lost. A session that has never carried data stays `pending`. */
  resuming(): void {
    if (this.#hasBeenActive) this.#tell('resuming')
  }

  /** The channel has ended. */
  ended(by: SessionEnd['by']): void {
    this.#endedBy = by
    this.use()
  }

  /** TerminateSession is about to be called. */
  canceling(): void {
    if (this.#endedBy !== 'service') this.#tell('canceling')
  }

  /** Tells how the session is used. */
  use(): void {
    const lastUsedAt = this.#lastUsedAt()
    const facts: SessionFacts = { ...this.#handlers.facts?.(), ...(lastUsedAt === 0 ? {} : { lastUsedAt }) }
    this.#service.noted?.(this.#sessionId, { kind: 'facts', facts })
  }

  #tell(state: 'active' | 'resuming' | 'canceling'): void {
    this.#service.noted?.(this.#sessionId, { kind: 'state', state })
  }
}
