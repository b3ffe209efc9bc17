// One row of a list: what AWS says of a session, with what this installation knows of it. Pure.
//
// Which state is shown, first match first:
//   1. AWS says Terminated or Failed             terminated
//   2. AWS says Terminating, or we have asked for its end     canceling
//   3. our process lives and has told a state    that state; an end that AWS does not know yet is canceling
//   4. AWS says Connecting, Disconnected, Connected           pending, resuming, active
// The session of a dead process has no client that could resume it: Disconnected is then shown as active, as AWS counts it.

import type { AccountSession, SessionCarrier, SessionPlace, SessionState } from '../../../shared/model/accountsession'
import type { ListedSession } from '../../../shared/sessionlisting'
import { markOf } from '../../../shared/sessionmark'
import type { LedgerRecord } from '../ledger/record'
import { holderOf, recordOf, type OwnRecords } from './holder'

/** AWS shows the end of a session within seconds. After this time the session is believed to be open still. */
const END_SHOWS_MS = 120_000

/** What a row is made of beside AWS's answer. */
export interface RowFacts {
  readonly place: SessionPlace
  readonly records: OwnRecords
  /** The ARN of the identity of the environment; undefined: not known yet. */
  readonly identity: string | undefined
  /** The Name of a target; undefined: not known. */
  readonly nameOf: (target: string) => string | undefined
  /** The part of this app that carries the session. */
  readonly carrierOf: (sessionId: string) => SessionCarrier | undefined
  /** Whether this app has asked AWS to end the session. */
  readonly isCanceling: (sessionId: string) => boolean
  /** Returns an equal text, the same one each time: a list of 100,000 sessions has few owners. */
  readonly share: (text: string) => string
  /** Epoch ms. */
  readonly nowAt: number
}

/** Whether AWS counts a session as ended. */
export function hasEnded({ status }: Pick<ListedSession, 'status'>): boolean {
  return status === 'Terminated' || status === 'Failed'
}

function stateOf(session: ListedSession, record: LedgerRecord | undefined, facts: RowFacts): SessionState {
  const { status, sessionId } = session
  if (hasEnded(session)) return 'terminated'
  if (status === 'Terminating' || facts.isCanceling(sessionId)) return 'canceling'
  const told = record?.isAlive === true ? record.states[0] : undefined
  if (told !== undefined && told.state !== 'terminated') return told.state
  if (told !== undefined && facts.nowAt - told.startAt < END_SHOWS_MS) return 'canceling'
  if (status === 'Connecting') return 'pending'
  const isLeft = record !== undefined && !record.isAlive
  return status === 'Disconnected' && !isLeft ? 'resuming' : 'active'
}

/** The row of a session. */
export function rowOf(session: ListedSession, facts: RowFacts): AccountSession {
  const { place, records, identity } = facts
  const record = recordOf(session, records)
  const isOver = hasEnded(session)
  const holder = holderOf(session, { record, identity, installation: records.installation, hasEnded: isOver })
  const targetName = facts.nameOf(session.target) ?? record?.targetName
  const reason = record?.reason ?? markOf(session.reason)?.text ?? session.reason
  const endAt = isOver ? (session.endAt ?? endOf(record)) : undefined
  const carrier = isOver ? undefined : facts.carrierOf(session.sessionId)
  const document = session.document ?? record?.document
  return {
    id: session.sessionId,
    place,
    state: stateOf(session, record, facts),
    holder,
    owner: facts.share(session.owner),
    target: facts.share(session.target),
    ...(targetName === undefined || targetName === '' ? {} : { targetName }),
    ...(document === undefined ? {} : { document: facts.share(document) }),
    ...(reason === '' ? {} : { reason }),
    ...(session.accessType === undefined ? {} : { accessType: session.accessType }),
    ...(session.startAt === undefined ? {} : { startAt: session.startAt }),
    ...(endAt === undefined ? {} : { endAt }),
    ...(session.maxDurationMs === undefined ? {} : { maxDurationMs: session.maxDurationMs }),
    ...(record?.lastUsedAt === undefined ? {} : { lastUsedAt: record.lastUsedAt }),
    ...(carrier === undefined ? {} : { carrier }),
  }
}

function endOf(record: LedgerRecord | undefined): number | undefined {
  const newest = record?.states[0]
  return newest?.state === 'terminated' ? newest.startAt : undefined
}

/** Sorts sessions by their start, the newest first; those without one last. AWS promises no order. */
export function newestFirst(one: AccountSession, other: AccountSession): number {
  return (other.startAt ?? 0) - (one.startAt ?? 0) || (one.id < other.id ? -1 : 1)
}
