// The shown sessions as a CSV or JSON file: its text, in pieces. Pure.
//
// CSV as RFC 4180 writes it: lines end with CRLF, quotes are doubled. A cell that a spreadsheet would take for a formula begins with an
// apostrophe. Source: OWASP, "CSV Injection".

import type { AccountSession } from '../../../shared/model/accountsession'
import { openMs } from './states'

/** The formats of an export. */
export type ExportFormat = 'csv' | 'json'

/** So many sessions make a piece: a page stays usable between two of them. */
const PIECE_ROWS = 2_000

/** A session as it is exported: times as ISO 8601, durations in seconds; what is not known is absent. */
function recordOf(session: AccountSession, nowAt: number): Readonly<Record<string, string | number | undefined>> {
  const { id, place, state, holder, owner, target, targetName, document, reason, accessType, carrier } = session
  const time = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : new Date(at).toISOString()
  const seconds = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : Math.round(ms / 1_000)
  return {
    id,
    environment: place.name,
    region: place.region,
    state,
    whose: holder,
    owner,
    target,
    targetName,
    document,
    reason,
    accessType,
    startedAt: time(session.startAt),
    endedAt: time(session.endAt),
    openSeconds: seconds(openMs(session, nowAt)),
    maxSeconds: seconds(session.maxDurationMs),
    carriedBy: carrier === undefined ? undefined : `${carrier.kind} ${carrier.name}`,
  }
}

const COLUMNS = [
  'id',
  'environment',
  'region',
  'state',
  'whose',
  'owner',
  'target',
  'targetName',
  'document',
  'reason',
  'accessType',
  'startedAt',
  'endedAt',
  'openSeconds',
  'maxSeconds',
  'carriedBy',
] as const

/** A cell of a CSV file. */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return ''
  const text =
    typeof value === 'string' && /^\s*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function* csv(sessions: readonly AccountSession[], nowAt: number): Generator<string> {
  yield `${COLUMNS.join(',')}\r\n`
  for (let at = 0; at < sessions.length; at += PIECE_ROWS) {
    yield sessions
      .slice(at, at + PIECE_ROWS)
      .map((session) => {
        const record = recordOf(session, nowAt)
        return `${COLUMNS.map((column) => csvCell(record[column])).join(',')}\r\n`
      })
      .join('')
  }
}

function* json(sessions: readonly AccountSession[], nowAt: number): Generator<string> {
  yield '['
  for (let at = 0; at < sessions.length; at += PIECE_ROWS) {
    const lines = sessions.slice(at, at + PIECE_ROWS).map((session) => `\n${JSON.stringify(recordOf(session, nowAt))}`)
    yield `${at === 0 ? '' : ','}${lines.join(',')}`
  }
  yield '\n]\n'
}

/** The text of the file, in pieces. JSON is an array with a session on each line. */
export function exportPieces(
  sessions: readonly AccountSession[],
  format: ExportFormat,
  nowAt: number,
): Iterable<string> {
  return format === 'csv' ? csv(sessions, nowAt) : json(sessions, nowAt)
}

/** The blob parts of the file. `rest` lets the page draw between two pieces. */
export async function exportParts(pieces: Iterable<string>, rest: () => Promise<void>): Promise<string[]> {
  const parts: string[] = []
  for (const piece of pieces) {
    parts.push(piece)
    await rest()
  }
  return parts
}
