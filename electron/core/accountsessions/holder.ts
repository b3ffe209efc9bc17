// Whose a session is: this identity's, a dead process's of this installation, another installation's, or another identity's. Pure.
//
// "Mine" is a session of the same ARN as the identity of the environment: for a role the same role and the same session name. A session
// that this installation has on record is mine under whatever profile it was started. The reason of a session is a text that anyone may
// write, so a mark alone makes no session ours: the record that it names must be of a session with that id, or of one whose id never came.

import type { SessionHolder } from '../../../shared/model/accountsession'
import type { ListedSession } from '../../../shared/sessionlisting'
import { markOf } from '../../../shared/sessionmark'
import type { LedgerHistory } from '../ledger/ledger'
import type { LedgerRecord } from '../ledger/record'

/** The ledger as far as it is read here. */
export type OwnRecords = Pick<LedgerHistory, 'bySession' | 'byId' | 'authorizations' | 'onChange' | 'refresh'> & {
  /** This installation, as marks have it. */
  readonly installation: string
}

/** The record of this installation for a session of AWS. */
export function recordOf(
  { sessionId, target, reason }: Pick<ListedSession, 'sessionId' | 'target' | 'reason'>,
  records: OwnRecords,
): LedgerRecord | undefined {
  const known = records.bySession(sessionId)
  if (known !== undefined) return known
  const mark = markOf(reason)
  if (mark === undefined || (mark.installation ?? records.installation) !== records.installation) return undefined
  const marked = records.byId(mark.record)
  return marked !== undefined && marked.sessionId === undefined && marked.target === target ? marked : undefined
}

/** See `SessionHolder`. An ended session is never left over. */
export function holderOf(
  session: ListedSession,
  known: {
    readonly record: LedgerRecord | undefined
    /** The ARN of this identity; undefined: not known yet. */
    readonly identity: string | undefined
    readonly installation: string
    readonly hasEnded: boolean
  },
): SessionHolder {
  const { record, identity, installation, hasEnded } = known
  if (record !== undefined) {
    const isEndedByUs = record.states[0]?.state === 'terminated'
    return hasEnded || record.isAlive || isEndedByUs ? 'mine' : 'left-over'
  }
  if (identity === undefined || session.owner !== identity) return 'others'
  const marked = markOf(session.reason)?.installation
  return marked === undefined || marked === installation ? 'mine' : 'another-computer'
}
