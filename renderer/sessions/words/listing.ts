// Which sessions are shown and in which order: segments, columns and sorting. Pure.
//
// Made for 100,000 sessions: texts are compared once for each distinct text, and the sessions by numbers.

import type { AccountSession } from '../../../shared/model/accountsession'
import { compareNames } from '../../order'
import { endsAt, holderWords, stateWords, targetWords } from './states'

/** Whether open sessions are shown, or those that have ended. */
export type SessionSegment = 'open' | 'ended'

/** The columns that the list can be sorted by. */
const COLUMNS = ['target', 'state', 'whose', 'start', 'ends', 'reason', 'document', 'access', 'place', 'id'] as const

/** A column that the list can be sorted by. `start` shows how long a session is open, or when it ended, and sorts by that. */
export type SessionColumn = (typeof COLUMNS)[number]

/** A sort order of the list. */
export interface SessionSort {
  readonly column: SessionColumn
  readonly direction: 'ascending' | 'descending'
}

/** The default order. */
export const NEWEST_FIRST: SessionSort = { column: 'start', direction: 'descending' }

/** Whether a value names a column that the list can be sorted by. */
export function isSessionColumn(value: unknown): value is SessionColumn {
  return COLUMNS.some((column) => column === value)
}

/** The order after a press on a column header: times newest first, texts ascending; a second press turns it around. */
export function sessionsSortedBy(column: SessionColumn, present: SessionSort): SessionSort {
  const first = column === 'start' ? 'descending' : 'ascending'
  if (present.column !== column) return { column, direction: first }
  return { column, direction: present.direction === 'ascending' ? 'descending' : 'ascending' }
}

/** Whether a session belongs to a segment. */
export function isIn(segment: SessionSegment, { state }: AccountSession): boolean {
  return (state === 'terminated') === (segment === 'ended')
}

/** Identifies a session in a list. */
export function sessionKey({ id }: Pick<AccountSession, 'id'>): string {
  return id
}

function textOf(session: AccountSession, column: Exclude<SessionColumn, 'start' | 'ends'>): string {
  switch (column) {
    case 'target':
      return targetWords(session)
    case 'state':
      return stateWords(session).word
    case 'whose':
      return holderWords(session)
    case 'reason':
      return session.reason ?? ''
    case 'document':
      return session.document ?? ''
    case 'access':
      return session.accessType ?? ''
    case 'place':
      return `${session.place.name} ${session.place.region}`
    case 'id':
      return session.id
  }
}

/** A value for each session, to order them by; undefined where there is none. */
type Values = readonly (string | number | undefined)[]

function valuesOf(sessions: readonly AccountSession[], column: SessionColumn): Values {
  if (column === 'start') return sessions.map(({ startAt, endAt }) => endAt ?? startAt)
  if (column === 'ends') return sessions.map(endsAt)
  return sessions.map((session) => textOf(session, column) || undefined)
}

/** The distinct values in ascending order. Ids are random: comparing them as names would take a second. */
function distinctOf(values: Values, column: SessionColumn): readonly (string | number)[] {
  const distinct = new Set(values)
  const numbers = [...distinct].filter((value) => typeof value === 'number')
  if (numbers.length > 0) return [...Float64Array.from(numbers).sort()]
  const texts = [...distinct].filter((value) => typeof value === 'string')
  return column === 'id' ? texts.sort() : texts.sort(compareNames)
}

/**
 * A rank for each session, from 0; `last` where it has no value. Times are ranked by their distance from the first one; all other values
 * by their place among the distinct ones.
 */
function ranksOf(
  values: Values,
  column: SessionColumn,
  isAscending: boolean,
): (position: number) => number | undefined {
  let [least, most] = [Infinity, -Infinity]
  for (const value of values) {
    if (typeof value !== 'number') continue
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  // The rank and the position must fit in one number.
  const isExact =
    (column === 'start' || column === 'ends') && (most - least + 2) * values.length < Number.MAX_SAFE_INTEGER
  if (isExact) {
    return (position) => {
      const value = values[position]
      if (typeof value !== 'number') return undefined
      return isAscending ? value - least : most - value
    }
  }
  const distinct = distinctOf(values, column)
  const top = distinct.length - 1
  const ranks = new Map(distinct.map((value, rank) => [value, isAscending ? rank : top - rank]))
  return (position) => {
    const value = values[position]
    return value === undefined ? undefined : ranks.get(value)
  }
}

/** The sessions by their values, those without a value last. Equal ones keep their order. */
function ordered(sessions: readonly AccountSession[], { column, direction }: SessionSort): readonly AccountSession[] {
  const count = sessions.length
  const rankOf = ranksOf(valuesOf(sessions, column), column, direction === 'ascending')
  // The rank and the position in one number: numbers are sorted without a function, ten times as fast.
  const keys = new Float64Array(count)
  const without: AccountSession[] = []
  let length = 0
  sessions.forEach((session, position) => {
    const rank = rankOf(position)
    if (rank === undefined) without.push(session)
    else keys[length++] = rank * count + position
  })
  const sorted: AccountSession[] = []
  for (const key of keys.subarray(0, length).sort()) {
    const session = sessions[key % count]
    if (session !== undefined) sorted.push(session)
  }
  return [...sorted, ...without]
}

/** The sessions in order. Equal ones: newest first. Those without a value come last in both directions. */
export function sortSessions(sessions: readonly AccountSession[], sort: SessionSort): readonly AccountSession[] {
  const newestFirst = sort.column === 'start' ? sessions : ordered(sessions, NEWEST_FIRST)
  return ordered(newestFirst, sort)
}

/** How many sessions each segment has. */
export function countSegments(sessions: readonly AccountSession[]): Readonly<Record<SessionSegment, number>> {
  let open = 0
  for (const session of sessions) if (isIn('open', session)) open += 1
  return { open, ended: sessions.length - open }
}

/** The names that occur most, for the completions of the filter. */
export function frequentNames(names: Iterable<string>, most: number): readonly string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || compareNames(a, b))
    .slice(0, most)
    .map(([name]) => name)
}
