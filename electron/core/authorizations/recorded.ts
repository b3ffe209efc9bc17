// Writes authorizations to the ledger: a record from the beginning, and an end for those that no session redeems.

import type { Ledger } from '../ledger/ledger'
import { recordOf } from './about'
import type { AuthorizationsOptions } from './authorizations'

/** What authorizations write to. */
export type AuthorizationLedger = Pick<Ledger, 'pending' | 'note' | 'byId'>

/** The two callbacks of authorizations that write to `ledger`. */
export function recordedBy(ledger: AuthorizationLedger): Required<Pick<AuthorizationsOptions, 'record' | 'changed'>> {
  return {
    record: (authorization) => ledger.pending(recordOf(authorization)),
    changed: ({ id }, state) => {
      // The states of a session that redeems it are told by the session itself.
      if (state === 'pending' || state === 'redeemed') return
      if (ledger.byId(id)?.sessionId === undefined) ledger.note(id, 'terminated')
    },
  }
}
