// Requests about the sessions of accounts. A list belongs to the core and is fetched in pieces; it is live while it is fetched.

import { LISTED_STATUSES } from '../sessionlisting'
import type { AccountSession, CancelOutcome, SessionDetail, SessionListState } from '../model/accountsession'
import { request } from './request'
import { isNull, recordOf } from './shape'

/** The most rows of one answer. */
export const MAX_SESSION_ROWS = 2_000

/** The most environments of one list, and sessions of one request to end them. */
const MAX_ENVIRONMENTS = 50
const MAX_CANCELED = 1_000

/** The changes of a list since a revision. */
export interface SessionPage {
  /** New and changed rows, in no order. */
  readonly set: readonly AccountSession[]
  /** Ids of removed rows. */
  readonly gone: readonly string[]
  /** Ask for the next changes with this. */
  readonly revision: number
  /** Whether there are more changes already. */
  readonly hasMore: boolean
  readonly state: SessionListState
}

/** See shared/api/requests.ts. */
export const sessionRequests = {
  /**
   * Begins a list: the active sessions, and those that ended since `sinceAt` (epoch ms; absent: 24 hours ago). Absent environments: the
   * shown one. A list that is not fetched for a minute is closed.
   */
  'sessions.open': request(
    ({ object, list, environmentRef, count, text, oneOf }) =>
      object({
        environments: list(environmentRef, MAX_ENVIRONMENTS).exactOptional(),
        sinceAt: count.exactOptional(),
        filters: object({
          owner: text(2_048).min(1).exactOptional(),
          target: text(400).min(1).exactOptional(),
          status: oneOf(LISTED_STATUSES).exactOptional(),
          accessType: oneOf(['standard', 'just-in-time']).exactOptional(),
        }).exactOptional(),
      }),
    recordOf<{ readonly listId: string }>({ listId: 'text' }),
  ),
  /**
   * The changes of a list after `revision` (0: everything), at most `MAX_SESSION_ROWS` rows. Answered at once. AWS is asked again only
   * while this is asked. Rejects with `usage` for a list that is closed.
   */
  'sessions.page': request(
    ({ object, id, count }) => object({ listId: id, revision: count }),
    recordOf<SessionPage>({ set: 'list', gone: 'list', revision: 'number', hasMore: 'flag', state: 'record' }),
  ),
  /** Loads the sessions that ended since `sinceAt`, up to 30 days back. Answered at once. */
  'sessions.older': request(({ object, id, count }) => object({ listId: id, sinceAt: count }), isNull),
  /** Stops loading pages. What is loaded stays. */
  'sessions.stop': request(({ object, id }) => object({ listId: id }), isNull),
  'sessions.close': request(({ object, id }) => object({ listId: id }), isNull),
  /** Everything that is known of one session. Rejects with `session-gone` where neither AWS nor the ledger knows it. */
  'sessions.read': request(
    ({ object, id, environmentRef }) => object({ environment: environmentRef, sessionId: id }),
    recordOf<SessionDetail>({
      id: 'text',
      place: 'record',
      state: 'text',
      holder: 'text',
      owner: 'text',
      target: 'text',
      states: 'list',
      isRecorded: 'flag',
    }),
  ),
  /**
   * Ends sessions at AWS. `turnOff`: forwards and terminals of this app that these carry are turned off first; else a forward opens a new
   * session. Answered once AWS has answered for each.
   */
  'sessions.cancel': request(
    ({ object, list, id, environmentRef, flag }) =>
      object({ sessions: list(object({ environment: environmentRef, sessionId: id }), MAX_CANCELED), turnOff: flag }),
    recordOf<{ readonly outcomes: readonly CancelOutcome[] }>({ outcomes: 'list' }),
  ),
}
