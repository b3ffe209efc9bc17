// culvert sessions list, culvert sessions read: the sessions of the account, and one of them.
//
// An authorization that no session has redeemed yet is a row of its own: its id is `pending:RECORD`, its state `pending`.
//
// Stable output. With --json `list` prints a JSON array, one line a session, of objects with: id, environment, region,
// state ("pending" | "active" | "resuming" | "canceling" | "terminated"), holder ("mine" | "left-over" | "another-computer" | "others"),
// owner (an ARN), target, targetName?, document?, reason?, accessType? ("standard" | "just-in-time"), startAt?, endAt?, lastUsedAt?,
// maxDurationMs?. `read` prints one object with these and: states ([{state, startAt, endAt?}], newest first), isRecorded (whether the
// states come from the ledger of this installation), type? ("shell" | "port" | "ssh" | "command"), endpoint?, localAddress?,
// connectionsUsed?, connectionLimit?, bytesUp?, bytesDown?, expiresAt?, logs? ({s3?, cloudWatch?}). Times are ISO; fields may be added.
// Without it blocks for people (sessionstext.ts).

import { printableJson } from '../../../shared/foreigntext'
import type { AccountSession, SessionDetail, SessionFilters } from '../../../shared/model/accountsession'
import { AppError } from '../../../shared/errors'
import type { ListedSession } from '../../../shared/sessionlisting'
import { historyQuery, isTargetId, isWanted, pushed } from '../../core/accountsessions/asking'
import { readSession } from '../../core/accountsessions/read'
import { hasEnded, newestFirst } from '../../core/accountsessions/row'
import type { Arguments } from '../arguments'
import type { Command, CommandContext } from '../context'
import { wordLine } from '../text'
import { openKnown, sinceMs, type KnownSessions } from './sessionsload'
import { detailText, listText } from './sessionstext'

const DAY_MS = 86_400_000

const isoTime = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString()

/** A session as --json tells it. Absent fields are left out by JSON. */
export function rowJson(row: AccountSession): Readonly<Record<string, unknown>> {
  const { place, carrier: _carrier, startAt, endAt, lastUsedAt, id, ...rest } = row
  return {
    id,
    environment: place.name,
    region: place.region,
    ...rest,
    startAt: isoTime(startAt),
    endAt: isoTime(endAt),
    lastUsedAt: isoTime(lastUsedAt),
  }
}

function detailJson({ states, expiresAt, ...row }: SessionDetail): Readonly<Record<string, unknown>> {
  return {
    ...rowJson(row),
    expiresAt: isoTime(expiresAt),
    states: states.map(({ state, startAt, endAt }) => ({ state, startAt: isoTime(startAt), endAt: isoTime(endAt) })),
  }
}

/** Opens what the commands read; `tell` goes to stderr. */
export function knownOf({ environment, args, dataDirectory, signal, stderr }: CommandContext): Promise<KnownSessions> {
  return openKnown({ environment, args, dataDirectory, signal, tell: (text) => void stderr.write(wordLine(text)) })
}

function filtersOf(args: Arguments): SessionFilters {
  const owner = args.flag('mine') ? 'me' : args.value('owner')
  const target = args.value('target')
  if (args.flag('mine') && args.value('owner') !== undefined) throw args.usage('--mine and --owner exclude each other')
  return { ...(owner === undefined ? {} : { owner }), ...(target === undefined ? {} : { target }) }
}

/** Lists the sessions that the options choose, newest first. */
export const sessionsList: Command = async (context) => {
  const { environment, args, stdout, signal } = context
  const [isActive, isHistory] = [args.flag('active'), args.flag('history')]
  if (isActive && isHistory) throw args.usage('--active and --history exclude each other')
  const span = sinceMs(args)
  if (isActive && span !== undefined) throw args.usage('--since is for ended sessions: leave --active out')
  const filters = filtersOf(args)
  await using known = await knownOf(context)
  if (filters.owner === 'me' && known.identity === undefined) await environment.identity(signal)
  const { target: wanted } = filters
  const target =
    wanted === undefined || isTargetId(wanted) ? wanted : (await environment.resolveTarget(wanted, signal)).id
  const asked = pushed(filters, { identity: known.identity, target })
  const sinceAt = Date.now() - (span ?? DAY_MS)
  // A session that ends between the two queries is in both.
  const found = new Map<string, ListedSession>()
  const take = (sessions: readonly ListedSession[]): void => {
    for (const session of sessions) {
      const isOld = hasEnded(session) && session.endAt !== undefined && session.endAt < sinceAt
      if (!isOld && isWanted(filters, session)) found.set(session.sessionId, session)
    }
  }
  if (!isHistory) await known.pages({ ...asked, state: 'Active' }, take)
  if (!isActive) await known.pages(historyQuery(asked, sinceAt), take)
  const pending = isHistory ? [] : known.pending(filters)
  const rows = [...pending, ...[...found.values()].map((session) => known.row(session))].sort(newestFirst)
  if (args.flag('json')) {
    const lines = rows.map((row) => printableJson(rowJson(row)))
    await stdout.write(lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`)
  } else await stdout.write(listText(rows, Date.now()))
  return 0
}

/** Throws `usage` for a text that AWS takes for no id of a session. */
export function checkId(id: string): void {
  if (id === '' || id.length > 96) throw new AppError('usage', 'The id of a session has 1 to 96 characters.')
}

/** Tells everything of one session. Throws `session-gone`. */
export const sessionsRead: Command = async (context) => {
  const { args, stdout } = context
  const id = args.positional(0)
  checkId(id)
  await using known = await knownOf(context)
  const detail = await readSession(known.ref, id, known.sources)
  await stdout.write(args.flag('json') ? `${printableJson(detailJson(detail))}\n` : detailText(detail, Date.now()))
  return 0
}
