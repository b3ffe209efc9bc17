// Sessions as `culvert sessions` prints them for people: aligned "key: value" blocks under a heading, as Boundary does. Pure.
//
//   Session information:
//     ID:              ann-0a1b2c3d4e5f60718
//       Status:        active
//       Start Time:    2026-11-29T12:03:00+01:00
//
// Texts from AWS are shown on one line, without characters that drive a terminal. Times are local, with their offset.

import { shownName, shownSentence } from '../../../shared/foreigntext'
import type { AccountSession, SessionDetail, SessionStateTime } from '../../../shared/model/accountsession'

const HEADING = 'Session information:'
const GAP = 2
const MINUTE_MS = 60_000

/** One line: how deep it is, its key, and its value; undefined: the line is left out. */
export type Line = readonly [depth: number, key: string, value: string | undefined]

/** A line that separates. */
const BLANK: Line = [0, '', '']

/** Lays out lines so that all values begin in one column. The text ends with a line break. */
export function aligned(heading: string, lines: readonly Line[]): string {
  const shown = lines.filter(([, , value]) => value !== undefined)
  const left = ([depth, key]: Line): string => (key === '' ? '' : `${'  '.repeat(depth)}${key}:`)
  const width = shown.reduce((widest, line) => Math.max(widest, left(line).length), 0) + GAP
  const texts = shown.map((line) => `${left(line).padEnd(width)}${line[2] ?? ''}`.trimEnd())
  return `${[heading, ...texts].join('\n')}\n`
}

/** Writes a time as `2026-11-29T12:03:00+01:00`, local. */
export function localTime(at: number | undefined): string | undefined {
  if (at === undefined) return undefined
  const offset = -new Date(at).getTimezoneOffset()
  const two = (value: number): string => String(value).padStart(2, '0')
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
  return `${new Date(at + offset * MINUTE_MS).toISOString().slice(0, 19)}${zone}`
}

/** Writes a time span as `2 h 5 min`, `12 min` or `40 s`. */
export function spanWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE_MS))
  if (minutes === 0) return `${Math.max(0, Math.round(ms / 1_000))} s`
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 ? [`${rest} min`] : [])].join(' ')
}

function durationOf({ state, startAt, endAt }: AccountSession, now: number): string | undefined {
  const untilAt = state === 'terminated' ? endAt : now
  return startAt === undefined || untilAt === undefined ? undefined : spanWords(untilAt - startAt)
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : shownName(value)
}

function rowLines(row: AccountSession, depth: number, now: number): Line[] {
  return [
    [depth, 'Status', row.state],
    [depth, 'Holder', row.holder],
    [depth, 'Start Time', localTime(row.startAt)],
    [depth, 'End Time', localTime(row.endAt)],
    [depth, 'Duration', durationOf(row, now)],
    [depth, 'Maximum Duration', row.maxDurationMs === undefined ? undefined : spanWords(row.maxDurationMs)],
    [depth, 'Last Used Time', localTime(row.lastUsedAt)],
    [depth, 'Owner', text(row.owner)],
    [depth, 'Target ID', text(row.target)],
    [depth, 'Target Name', text(row.targetName)],
    [depth, 'Document', text(row.document)],
    [depth, 'Access Type', row.accessType],
    [depth, 'Reason', row.reason === undefined ? undefined : shownSentence(row.reason)],
  ]
}

/** Formats a list. `now` is epoch ms. */
export function listText(rows: readonly AccountSession[], now: number): string {
  if (rows.length === 0) return 'No sessions found.\n'
  const lines = rows.flatMap((row, index): Line[] => [
    ...(index === 0 ? [] : [BLANK]),
    [1, 'ID', text(row.id)],
    ...rowLines(row, 2, now),
  ])
  return aligned(HEADING, lines)
}

function stateLines(states: readonly SessionStateTime[]): Line[] {
  return states.flatMap(({ state, startAt, endAt }, index): Line[] => [
    ...(index === 0 ? [] : [BLANK]),
    [2, 'End Time', localTime(endAt)],
    [2, 'Start Time', localTime(startAt)],
    [2, 'Status', state],
  ])
}

function countWords(used: number | undefined, limit: number | undefined): string | undefined {
  if (used === undefined) return undefined
  return limit === undefined ? String(used) : `${used} of ${limit}`
}

/** Formats one session. `now` is epoch ms. */
export function detailText(detail: SessionDetail, now: number): string {
  const { logs, states, place } = detail
  return aligned(HEADING, [
    [1, 'ID', text(detail.id)],
    [1, 'Type', detail.type],
    ...rowLines(detail, 1, now),
    [1, 'Endpoint', text(detail.endpoint)],
    [1, 'Local Address', text(detail.localAddress)],
    [1, 'Connections Used', countWords(detail.connectionsUsed, detail.connectionLimit)],
    [1, 'Bytes Up', detail.bytesUp?.toLocaleString('en')],
    [1, 'Bytes Down', detail.bytesDown?.toLocaleString('en')],
    [1, 'Expiration Time', localTime(detail.expiresAt)],
    [1, 'Environment', text(place.name)],
    [1, 'Region', text(place.region)],
    ...(logs === undefined
      ? []
      : ([
          BLANK,
          [1, 'Logs', '(where the account logs)'],
          [2, 'S3', logs.s3],
          [2, 'CloudWatch', logs.cloudWatch],
        ] satisfies Line[])),
    ...(states.length === 0
      ? []
      : ([BLANK, [1, 'States', detail.isRecorded ? '' : '(as AWS knows them)']] satisfies Line[])),
    ...stateLines(states),
  ])
}
