// The sessions of accounts, for windows: lists, one session, and the end of sessions.

import type { CancelOutcome, SessionDetail } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { cancelSessions, type CancelMeans, type WantedEnd } from './cancel'
import { readSession } from './read'
import { SessionLists } from './sessionlists'

/** The sessions of accounts. Disposing closes the lists. */
export class AccountSessions implements Disposable {
  readonly lists: SessionLists
  readonly #means: CancelMeans

  constructor(means: CancelMeans) {
    this.lists = new SessionLists(means)
    this.#means = means
  }

  /** See `readSession`. */
  read(ref: EnvironmentRef, sessionId: string): Promise<SessionDetail> {
    return readSession(ref, sessionId, this.#means)
  }

  /** See `cancelSessions`. */
  cancel(wanted: readonly WantedEnd[], turnOff: boolean): Promise<readonly CancelOutcome[]> {
    return cancelSessions(wanted, turnOff, this.#means)
  }

  [Symbol.dispose](): void {
    this.lists[Symbol.dispose]()
  }
}
