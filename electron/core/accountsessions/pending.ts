// Pending authorizations among the sessions of an account: the ledger's records of them as rows, with `pending:RECORD` for an id. Pure.
//
// AWS knows nothing of them: no session is started before the token is redeemed. They belong to the environments of their region and account.

import { AppError } from '../../../shared/errors'
import type { AccountSession, SessionDetail, SessionFilters, SessionPlace } from '../../../shared/model/accountsession'
import { pendingId } from '../../../shared/pendingid'
import type { LedgerRecord } from '../ledger/record'
import type { OwnRecords } from './holder'

/** Whether an authorization belongs to an environment. `identity`: its ARN; undefined: not known, then the name of the environment decides. */
export function isAuthorizedIn(record: LedgerRecord, place: SessionPlace, identity: string | undefined): boolean {
  const { environment, environmentName, region, account } = record
  if (environment.kind !== place.ref.kind || region !== place.region) return false
  return identity === undefined ? environmentName === place.name : account === identity.split(':')[4]
}

/** Whether an authorization passes the filters of a list. AWS lists a session that no client has opened yet as Connecting. */
export function passes(record: LedgerRecord, { owner, target, status, accessType }: SessionFilters): boolean {
  const { authorizedBy = '' } = record
  const isOwner =
    owner === undefined ||
    owner === 'me' ||
    authorizedBy === owner ||
    authorizedBy.endsWith(`/${owner}`) ||
    authorizedBy.endsWith(`:${owner}`)
  const isTarget = target === undefined || target === record.target || target === record.targetName
  return isOwner && isTarget && (status ?? 'Connecting') === 'Connecting' && accessType !== 'just-in-time'
}

/** The document that its session will have; undefined: the account's, for a shell. */
function documentOf({ type, endpoint, target }: LedgerRecord): string | undefined {
  if (type === 'ssh') return 'AWS-StartSSHSession'
  if (type !== 'port') return undefined
  const isOnTarget = endpoint?.startsWith(`tcp://${target}:`) !== false
  return isOnTarget ? 'AWS-StartPortForwardingSession' : 'AWS-StartPortForwardingSessionToRemoteHost'
}

/** The row of an authorization. */
export function pendingRow(record: LedgerRecord, place: SessionPlace): AccountSession {
  const { id, target, targetName, reason, authorizedBy = '', startedAt } = record
  const document = record.document ?? documentOf(record)
  return {
    id: pendingId(id),
    place,
    state: 'pending',
    holder: 'mine',
    owner: authorizedBy,
    target,
    ...(targetName === undefined ? {} : { targetName }),
    ...(document === undefined ? {} : { document }),
    ...(reason === undefined ? {} : { reason }),
    startAt: startedAt,
  }
}

/** Everything that is known of an authorization. Throws `session-gone` where it is not pending any more. */
export function pendingDetail(recordId: string, place: SessionPlace, records: OwnRecords): SessionDetail {
  const record = records.authorizations().find(({ id }) => id === recordId)
  if (record === undefined) throw goneError(recordId, records)
  const { type, endpoint, connectionLimit, expiresAt, states } = record
  return {
    ...pendingRow(record, place),
    states,
    isRecorded: true,
    type,
    connectionsUsed: 0,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(connectionLimit === undefined ? {} : { connectionLimit }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/** The error of an authorization that this process does not keep: another one does, or it is not pending any more. */
export function notKeptError(recordId: string, records: OwnRecords): AppError {
  const record = records.authorizations().find(({ id }) => id === recordId)
  if (record === undefined) return goneError(recordId, records)
  const pid = String(record.pid)
  const text = `The authorization is kept by culvert authorize --hold, process ${pid}: end it there with Ctrl-C, or with kill ${pid}.`
  return new AppError('authorization-refused', text)
}

function goneError(recordId: string, { byId }: OwnRecords): AppError {
  const session = byId(recordId)?.sessionId
  const next = session === undefined ? '' : ` It was redeemed by the session ${session}.`
  return new AppError('session-gone', `The authorization is not pending any more.${next}`)
}
