// One record of the ledger as it is read: a session of this installation, or an authorization that no session has redeemed yet.

import type { SessionState, SessionStateTime } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { SessionFacts, SessionType } from '../../../shared/sessionnote'
import type { BegunLine, LedgerLine, WholeLine } from './lines'

/** A session of this installation. A field that is not known is absent. */
export interface LedgerRecord extends SessionFacts {
  /** 12 hexadecimal digits, which the mark of the session has too. */
  readonly id: string
  /** The installation, as marks have it: the same for all records of a ledger. */
  readonly installation: string
  readonly pid: number
  /** Whether the process that began it lives. */
  readonly isAlive: boolean
  readonly environment: EnvironmentRef
  readonly environmentName: string
  readonly region: string
  readonly account?: string
  /** `i-…`, `mi-…` or `ecs:…`; for a pending authorization of a set as it was asked for. */
  readonly target: string
  readonly targetName?: string
  readonly type: SessionType
  /** Absent: the account's default, a shell. */
  readonly document?: string
  /** The person's text, without the mark. */
  readonly reason?: string
  /** `tcp://HOST:PORT` */
  readonly endpoint?: string
  readonly connectionLimit?: number
  readonly expiresAt?: number
  /** The record of the authorization that it redeems. */
  readonly authorization?: string
  /** The ARN of the identity that has authorized it. Absent: it began as a session. */
  readonly authorizedBy?: string
  /** Absent until StartSession has answered, which it may never have. */
  readonly sessionId?: string
  /** Epoch ms: before StartSession was called. */
  readonly startedAt: number
  /** Newest first. */
  readonly states: readonly SessionStateTime[]
}

/** The most states of a record. Beyond them the oldest but the first are dropped. */
const MAX_STATES = 200

/** The record that begins with `line`. */
export function begunRecord(line: BegunLine, pid: number): WholeLine {
  return { ...line, k: 'whole', pid, states: [{ state: 'pending', at: line.at }] }
}

/** The record after `line`, which names it. Lines may come twice: the second one changes nothing. Undefined: the record is dropped. */
export function changedRecord(record: WholeLine, line: LedgerLine): WholeLine | undefined {
  switch (line.k) {
    case 'begun': {
      // The session of a pending authorization goes on with the record of that.
      return { ...record, ...line, k: 'whole', at: record.at }
    }
    case 'started':
      return { ...record, session: line.session }
    case 'state':
      return withState(record, line.state, line.at)
    case 'facts': {
      return { ...record, ...line, k: 'whole', at: record.at }
    }
    case 'refused':
      return undefined
    case 'let-go':
      return { ...record, isLetGo: true }
    case 'whole':
      return line
  }
}

function withState(record: WholeLine, state: SessionState, at: number): WholeLine {
  const { states } = record
  const last = states.at(-1)
  // No state follows the end. A line that comes a second time is older than the newest state.
  if (last?.state === 'terminated' || last?.state === state || (last !== undefined && at < last.at)) return record
  const next = [...states, { state, at }]
  return { ...record, states: next.length > MAX_STATES ? next.toSpliced(1, 1) : next }
}

/** Whether Systems Manager may still have the session, as far as the ledger knows. */
export function isOpen(record: WholeLine): boolean {
  return record.isLetGo !== true && record.states.at(-1)?.state !== 'terminated'
}

/** The record as it is read. */
export function readable(line: WholeLine, installation: string, isAlive: boolean): LedgerRecord {
  const { k: _k, at, session, isLetGo: _isLetGo, states, ...rest } = line
  return {
    ...rest,
    installation,
    isAlive,
    startedAt: at,
    ...(session === undefined ? {} : { sessionId: session }),
    states: states
      .map(({ state, at: startAt }, index) => {
        const endAt = states[index + 1]?.at
        return { state, startAt, ...(endAt === undefined ? {} : { endAt }) }
      })
      .toReversed(),
  }
}
