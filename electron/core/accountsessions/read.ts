// Everything that is known of one session: AWS's facts, the states that this installation has noted, and what this app carries now.
//
// AWS is asked by the id of the session, among the active and the ended ones. If it does not know the session (any more) or may not be
// asked, the record of this installation is shown: as ended only where AWS or the record says so.

import { pendingRecordId } from '../../../shared/pendingid'
import { AppError } from '../../../shared/errors'
import type { SessionDetail, SessionStateTime } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { ListedSession } from '../../../shared/sessionlisting'
import type { Environment } from '../environments/environment'
import type { LedgerRecord } from '../ledger/record'
import { logLinks } from './consolelinks'
import { recordOf } from './holder'
import { pendingDetail } from './pending'
import { hasEnded, rowOf } from './row'
import type { SessionSources } from './sources'

const CALL_MS = 30_000
/** A filtered list may begin with empty pages. */
const MAX_EMPTY_PAGES = 50

/** Reads a session. Rejects with `session-gone` where neither AWS nor the ledger knows it, and as the calls do where the ledger does not. */
export async function readSession(
  ref: EnvironmentRef,
  sessionId: string,
  sources: SessionSources,
): Promise<SessionDetail> {
  const signal = AbortSignal.timeout(CALL_MS)
  const environment = await sources.environment(ref)
  const { name, region } = environment
  const place = { ref: ref.kind === 'demo' ? ref : { ...ref, region }, name, region }
  const pending = pendingRecordId(sessionId)
  if (pending !== undefined) return pendingDetail(pending, place, sources.records)
  const [identity, limits, found] = await Promise.all([
    environment.identity(signal).catch(() => undefined),
    environment.preferences(signal).catch(() => undefined),
    find(environment, sessionId, signal).catch((error: unknown) => ({ error })),
  ])
  const listed = found !== undefined && 'error' in found ? undefined : found
  const record = listed === undefined ? sources.records.bySession(sessionId) : recordOf(listed, sources.records)
  const session =
    listed ??
    (record === undefined
      ? undefined
      : recorded(sessionId, record, { isKnown: found !== undefined, owner: identity?.arn }))
  if (session === undefined) {
    if (found !== undefined && 'error' in found) throw found.error
    throw new AppError(
      'session-gone',
      `AWS does not know the session ${sessionId} (any more): it keeps them for 30 days.`,
    )
  }
  const carried = hasEnded(session) ? undefined : sources.carried().get(sessionId)
  const names = new Map((sources.instancesOf(ref) ?? []).map(({ id, name }) => [id, name]))
  const row = rowOf(session, {
    place,
    records: sources.records,
    identity: identity?.arn,
    nameOf: (target) => names.get(target),
    carrierOf: () => carried?.carrier,
    isCanceling: (id) => sources.canceling.has(id),
    share: (text) => text,
    nowAt: sources.now(),
  })
  const type = record?.type ?? typeOf(session.document)
  const logs = type === 'port' || type === 'ssh' ? undefined : logLinks(limits?.logs, { id: sessionId, region })
  const known = {
    endpoint: record?.endpoint ?? carried?.endpoint,
    localAddress: carried?.localAddress ?? record?.localAddress,
    connectionsUsed: record?.connectionsUsed ?? carried?.connectionsUsed,
    connectionLimit: record?.connectionLimit ?? carried?.connectionLimit,
    bytesUp: record?.bytesUp ?? carried?.bytesUp,
    bytesDown: record?.bytesDown ?? carried?.bytesDown,
    expiresAt: carried?.expiresAt ?? record?.expiresAt,
  }
  return {
    ...row,
    states: statesOf(session, record),
    isRecorded: record !== undefined,
    ...(type === undefined ? {} : { type }),
    ...given(known),
    ...(logs === undefined ? {} : { logs }),
  }
}

/** The fields that are known. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> }
function given(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Asks AWS for the session; undefined where it does not know it. */
async function find(
  environment: Environment,
  sessionId: string,
  signal: AbortSignal,
): Promise<ListedSession | undefined> {
  for (const state of ['Active', 'History'] as const) {
    const pages = environment.sessions({ state, sessionId })
    for (let count = 0; !pages.isDone && count < MAX_EMPTY_PAGES; count += 1) {
      const found = (await pages.next(signal)).find((session) => session.sessionId === sessionId)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/**
 * A session that only the ledger knows, in AWS's shape. AWS lists a new session a moment later, and forgets an old one. `isKnown`: AWS may
 * know it, and could not be asked.
 */
function recorded(
  sessionId: string,
  record: LedgerRecord,
  { isKnown, owner = '' }: { readonly isKnown: boolean; readonly owner: string | undefined },
): ListedSession {
  const [newest] = record.states
  const hasEndHere = newest?.state === 'terminated'
  const isOver = hasEndHere || (!record.isAlive && !isKnown)
  return {
    sessionId,
    status: isOver ? 'Terminated' : 'Connected',
    owner,
    target: record.target,
    reason: record.reason ?? '',
    startAt: record.startedAt,
    ...(record.document === undefined ? {} : { document: record.document }),
    ...(hasEndHere ? { endAt: newest.startAt } : {}),
  }
}

/** The states of a session, newest first: those of the record, with the end that AWS knows; else what AWS's times tell. */
export function statesOf(session: ListedSession, record: LedgerRecord | undefined): readonly SessionStateTime[] {
  const { startAt, endAt } = session
  const isOver = hasEnded(session)
  if (record === undefined || record.states.length === 0) {
    if (startAt === undefined) return []
    if (!isOver || endAt === undefined) return [{ state: 'active', startAt }]
    return [
      { state: 'terminated', startAt: endAt },
      { state: 'active', startAt, endAt },
    ]
  }
  const [newest, ...before] = record.states
  // An end whose time is not known is in no timeline.
  if (newest === undefined || newest.state === 'terminated' || !isOver || endAt === undefined) return record.states
  const at = Math.max(newest.startAt, endAt)
  return [{ state: 'terminated', startAt: at }, { ...newest, endAt: at }, ...before]
}

/** The use of a session, as its document tells it. */
function typeOf(document: string | undefined): SessionDetail['type'] {
  if (document === undefined || document === 'SSM-SessionManagerRunShell') return 'shell'
  if (document.startsWith('AWS-StartPortForwarding')) return 'port'
  if (document === 'AWS-StartSSHSession') return 'ssh'
  return /^AWS-Start(Non)?InteractiveCommand$/.test(document) ? 'command' : undefined
}
