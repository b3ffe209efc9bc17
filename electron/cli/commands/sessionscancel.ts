// culvert sessions cancel: ends sessions at AWS, and waits until AWS says that they have ended.
//
// Stable output with --json, one object a line, one for each session:
// {"id","state"?:"terminated"|"canceling"|"active","error"?:{"code","message"}}. `canceling`: AWS has taken the request, and the session
// had not ended after a minute, or AWS does not tell whether it has. `active` has an error: the session was not ended. Without a state AWS
// does not know the session. Fields may be added. Without it blocks for people on stdout, and a line on stderr for each session that was not ended. Exit status: 1
// where a session was not ended, 0 where all were, or where there was none to end.

import { pendingRecordId } from '../../../shared/pendingid'
import { setTimeout as wait } from 'node:timers/promises'
import { printableJson, shownName } from '../../../shared/foreigntext'
import { AppError, asAppError, toWireError, type WireError } from '../../../shared/errors'
import type { AccountSession } from '../../../shared/model/accountsession'
import { cancelSessions } from '../../core/accountsessions/cancel'
import { readSession } from '../../core/accountsessions/read'
import { askRunning } from '../../core/lock/asking'
import type { Command, CommandContext } from '../context'
import { errorWords, wordLine } from '../text'
import { isConfirmed } from '../yes'
import { checkId, knownOf } from './sessions'
import type { KnownSessions } from './sessionsload'
import { listText, localTime } from './sessionstext'

/** AWS ends a session within seconds. */
const WAIT_MS = 60_000
const POLL_MS = 1_000
/** More ids than this are looked up with one query for all active sessions. */
const MAX_SINGLE = 5
/** Sessions that the question names. */
const MAX_NAMED = 20

/** A session that was to be ended. */
interface Ending {
  readonly row: AccountSession
  readonly error?: WireError
}

/** An id of which there is nothing to end. */
interface Missing {
  readonly id: string
  readonly error: WireError
}

/** Whether an id is that of a session, and not of an authorization that is pending. */
function isSession(id: string): boolean {
  return pendingRecordId(id) === undefined
}

/** Reads the active sessions, by their ids where there are few. */
async function activeOf(known: KnownSessions, ids?: readonly string[]): Promise<Map<string, AccountSession>> {
  const rows = new Map<string, AccountSession>()
  const wanted = ids === undefined ? undefined : new Set(ids)
  if (wanted?.size === 0) return rows
  const queries = ids !== undefined && ids.length <= MAX_SINGLE ? ids.map((sessionId) => ({ sessionId })) : [{}]
  for (const query of queries) {
    await known.pages({ ...query, state: 'Active' }, (sessions) => {
      for (const session of sessions)
        if (wanted?.has(session.sessionId) !== false) rows.set(session.sessionId, known.row(session))
    })
  }
  return rows
}

/** A session of which only the id is known, and what this installation has on record. */
function unlisted(known: KnownSessions, sessionId: string): AccountSession {
  const target = known.sources.records.bySession(sessionId)?.target ?? ''
  return known.row({ sessionId, status: 'Connected', owner: '', target, reason: '' })
}

/**
 * The sessions of these ids: those that run, those that have ended already, and those that AWS does not know. For an identity that may not
 * list sessions all of them run.
 */
async function byIds(
  known: KnownSessions,
  ids: readonly string[],
  { stderr }: CommandContext,
): Promise<{ readonly rows: AccountSession[]; readonly ended: AccountSession[]; readonly missing: Missing[] }> {
  const sessions = ids.filter(isSession)
  let active
  try {
    active = await activeOf(known, sessions)
  } catch (error) {
    const denied = asAppError(error)
    if (denied.code !== 'access-denied') throw error
    await stderr.write(wordLine(`${errorWords(toWireError(denied))} The sessions are ended by their ids alone.`))
    active = new Map(sessions.map((id) => [id, unlisted(known, id)]))
  }
  const [ended, missing]: [AccountSession[], Missing[]] = [[], []]
  for (const id of ids) {
    if (active.has(id)) continue
    try {
      const found = await readSession(known.ref, id, known.sources)
      if (isSession(id)) ended.push(found)
      else active.set(id, found)
    } catch (error) {
      missing.push({ id, error: toWireError(error) })
    }
  }
  return { rows: [...active.values()], ended, missing }
}

const counted = (count: number): string => (count === 1 ? '1 session' : `${String(count)} sessions`)

/** The question: each session by its name, and how many of them are not simply mine. Pure. */
export function question(rows: readonly AccountSession[]): string {
  const named = rows.slice(0, MAX_NAMED).map(({ id, target, targetName, owner, holder, startAt }) => {
    const who = holder === 'others' ? owner.slice(owner.lastIndexOf(':') + 1) : holder
    const since = localTime(startAt)
    const where = targetName === undefined ? target : `${targetName} (${target})`
    return `  ${shownName(where)}  ${shownName(id)}  ${shownName(who)}${since === undefined ? '' : `  since ${since}`}`
  })
  const more = rows.length - named.length
  const count = (holder: AccountSession['holder']): number => rows.filter((row) => row.holder === holder).length
  const [others, elsewhere] = [count('others'), count('another-computer')]
  const notes = [
    ...(others === 0 ? [] : [`${String(others)} of other people`]),
    ...(elsewhere === 0 ? [] : [`${String(elsewhere)} of another computer of yours`]),
  ]
  return [
    ...named,
    ...(more > 0 ? [`  and ${String(more)} more`] : []),
    `End ${counted(rows.length)}${notes.length === 0 ? '' : `, ${notes.join(' and ')}`}?`,
  ].join('\n')
}

/** A sentence for each session that a forward of a living process carried: the forward goes on. Pure. */
export function reopened(
  rows: readonly AccountSession[],
  records: Pick<KnownSessions['sources']['records'], 'bySession'>,
): readonly string[] {
  return rows.flatMap(({ id }) => {
    const record = records.bySession(id)
    if (record?.isAlive !== true || record.type !== 'port') return []
    const carrier = `a forward that is on (process ${String(record.pid)})`
    return [`${id} was the session of ${carrier}: the forward opens a new one. To turn it off: culvert down NAME`]
  })
}

async function mayEnd(
  { args, keyboard, stderr, signal }: CommandContext,
  rows: readonly AccountSession[],
): Promise<boolean> {
  if (args.flag('yes')) return true
  if (keyboard === undefined)
    throw args.usage('sessions cancel asks before it ends sessions: run it in a terminal, or add --yes')
  return isConfirmed(question(rows), { keyboard, stderr, signal })
}

/** Asks AWS until none of these sessions is active, for a minute at most. Returns those that still are, or may be where AWS does not tell. */
async function stillActive(
  known: KnownSessions,
  ids: readonly string[],
  { signal, stderr }: CommandContext,
): Promise<ReadonlySet<string>> {
  const until = performance.now() + WAIT_MS
  let left = ids
  for (;;) {
    let active
    try {
      active = await activeOf(known, left)
    } catch (error) {
      signal.throwIfAborted()
      await stderr.write(wordLine(`Whether the sessions have ended is not known: ${errorWords(toWireError(error))}`))
      return new Set(left)
    }
    left = left.filter((id) => active.has(id))
    if (left.length === 0 || performance.now() > until) return new Set(left)
    await wait(POLL_MS, undefined, { signal })
  }
}

/** Asks the running Culvert to revoke an authorization; resolves with false where none runs, or it does not keep it. */
async function revokeAt(dataDirectory: string, recordId: string): Promise<boolean> {
  try {
    return (await askRunning(dataDirectory, { revoke: recordId })) === true
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-running') return false
    throw error
  }
}

async function endAll(
  context: CommandContext,
  known: KnownSessions,
  rows: readonly AccountSession[],
): Promise<Ending[]> {
  const { environment, signal } = context
  const outcomes = await cancelSessions(
    rows.map(({ id }) => ({ environment: known.ref, sessionId: id })),
    false,
    {
      ...known.sources,
      journal: { add: () => undefined },
      openEnvironments: () => [environment],
      turnOff: () => Promise.resolve(),
      revoke: (recordId) => revokeAt(context.dataDirectory, recordId),
      signal,
    },
  )
  signal.throwIfAborted()
  const errors = new Map(outcomes.map(({ sessionId, error }) => [sessionId, error]))
  const asked = rows.flatMap(({ id }) => (errors.get(id) === undefined && isSession(id) ? [id] : []))
  const left = await stillActive(known, asked, context)
  return rows.map((row) => {
    const error = errors.get(row.id)
    if (error !== undefined) return { row, error }
    return left.has(row.id)
      ? { row: { ...row, state: 'canceling' } }
      : { row: { ...row, state: 'terminated', endAt: row.endAt ?? Date.now() } }
  })
}

async function tell(
  { args, stdout, stderr }: CommandContext,
  endings: readonly Ending[],
  missing: readonly Missing[],
): Promise<void> {
  if (args.flag('json')) {
    for (const { row, error } of endings) {
      const state = error === undefined ? row.state : undefined
      await stdout.write(`${printableJson({ id: row.id, state: state ?? 'active', error: error && short(error) })}\n`)
    }
    for (const { id, error } of missing) await stdout.write(`${printableJson({ id, error: short(error) })}\n`)
    return
  }
  const done = endings.flatMap(({ row, error }) => (error === undefined ? [row] : []))
  if (done.length > 0) await stdout.write(listText(done, Date.now()))
  for (const { row, error } of endings) {
    if (error !== undefined) await stderr.write(wordLine(`${error.code}: ${row.id}: ${errorWords(error)}`))
    else if (row.state === 'canceling') {
      const why = `AWS has taken the request to end ${row.id}, and it is not known to have ended.`
      await stderr.write(wordLine(`${why} Look again with: culvert sessions read ${row.id}`))
    }
  }
  for (const { error } of missing) await stderr.write(wordLine(`${error.code}: ${errorWords(error)}`))
}

const short = ({ code, message }: WireError): Pick<WireError, 'code' | 'message'> => ({ code, message })

/** Ends the sessions that are named, all of this identity, or those that dead processes of this installation have left. */
export const sessionsCancel: Command = async (context) => {
  const { args, stderr, environment, signal } = context
  const ids = [...new Set(args.many)]
  for (const id of ids) checkId(id)
  const [isMine, isLeft] = [args.flag('mine'), args.flag('left-over')]
  if ([ids.length > 0, isMine, isLeft].filter(Boolean).length !== 1) {
    throw args.usage('sessions cancel takes ids of sessions, or --mine, or --left-over')
  }
  await using known = await knownOf(context)
  // Without it no session is known as mine.
  if (isMine && known.identity === undefined) await environment.identity(signal)
  const named = ids.length > 0 ? await byIds(known, ids, context) : undefined
  const all = named === undefined ? [...known.pending({}), ...(await activeOf(known)).values()] : []
  const rows = named?.rows ?? all.filter(({ holder }) => (isMine ? holder !== 'others' : holder === 'left-over'))
  if (rows.length === 0 && (named?.missing ?? []).length === 0) {
    const what = named === undefined ? 'There is no such session to end.' : 'Ended already.'
    await stderr.write(wordLine(what))
  }
  if (rows.length > 0 && !(await mayEnd(context, rows))) return 1
  const endings = rows.length === 0 ? [] : await endAll(context, known, rows)
  const over = (named?.ended ?? []).map((row) => ({ row }))
  await tell(context, [...endings, ...over], named?.missing ?? [])
  const gone = endings.flatMap(({ row, error }) => (error === undefined ? [row] : []))
  const going = args.flag('json') ? [] : reopened(gone, known.sources.records)
  for (const text of going) await stderr.write(wordLine(text))
  const isDone = endings.every(({ row, error }) => error === undefined && row.state === 'terminated')
  return isDone && (named?.missing ?? []).length === 0 ? 0 : 1
}
