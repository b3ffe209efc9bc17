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

/** A column that the list can be sorted by. `start` shows how long a session is open, or when it ended. */
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
      return stateWords(session.state).word
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

/** The place of each text among all of them; the empty text has none. */
function ranksOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const distinct = [...new Set(texts)].filter((text) => text !== '').sort(compareNames)
  return new Map(distinct.map((text, rank) => [text, rank]))
}

function numbersOf(sessions: readonly AccountSession[], column: SessionColumn): readonly (number | undefined)[] {
  if (column === 'start') return sessions.map(({ startAt }) => startAt)
  if (column === 'ends') return sessions.map(endsAt)
  const texts = sessions.map((session) => textOf(session, column))
  const ranks = ranksOf(texts)
  return texts.map((text) => ranks.get(text))
}

/** The sessions in order. Equal ones: newest first, then by id. Those without a value come last in both directions. */
export function sortSessions(
  sessions: readonly AccountSession[],
  { column, direction }: SessionSort,
): readonly AccountSession[] {
  const sign = direction === 'ascending' ? 1 : -1
  const numbers = numbersOf(sessions, column)
  return sessions
    .map((session, index) => {
      const number = numbers[index]
      return { session, number: number === undefined ? Infinity : number * sign, startAt: session.startAt ?? -Infinity }
    })
    .sort((a, b) => {
      if (a.number !== b.number) return a.number < b.number ? -1 : 1
      if (a.startAt !== b.startAt) return a.startAt > b.startAt ? -1 : 1
      return a.session.id < b.session.id ? -1 : 1
    })
    .map(({ session }) => session)
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
