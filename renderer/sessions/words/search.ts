// Finds sessions in a sorted list, at each keystroke of the filter. Pure.
//
// Made for 100,000 sessions: the text of each is made once, and the texts of a list stand in an array in its order. Looking them up
// session by session takes ten times as long as comparing them.

import type { AccountSession } from '../../../shared/model/accountsession'
import { sortSessions, type SessionSegment, type SessionSort } from './listing'

/** The texts of sessions, in lower case. Each is kept for as long as its session is. */
const texts = new WeakMap<AccountSession, string>()

/** What free words of a filter are looked for in: every text of a session, in lower case, a line each. */
export function textOf(session: AccountSession): string {
  const known = texts.get(session)
  if (known !== undefined) return known
  const { id, target, targetName = '', owner, document = '', reason = '', carrier, place } = session
  const text = [targetName, target, id, owner, carrier?.name ?? '', reason, document, place.name, place.region]
    .join('\n')
    .toLowerCase()
  texts.set(session, text)
  return text
}

/** A list of sessions to search in: what a keystroke compares stands beside them, so that it reads only those that match. */
export interface Searchable {
  readonly sessions: readonly AccountSession[]
  /** 1 for each session that has ended, in the order of the sessions. */
  readonly ended: Uint8Array
  /** The texts, in the same order. Made at the first call. */
  readonly texts: () => readonly string[]
}

function searchable(sessions: readonly AccountSession[]): Searchable {
  const ended = new Uint8Array(sessions.length)
  sessions.forEach(({ state }, index) => {
    if (state === 'terminated') ended[index] = 1
  })
  let made: readonly string[] | undefined
  return { sessions, ended, texts: () => (made ??= sessions.map(textOf)) }
}

interface Order {
  readonly sort: SessionSort
  readonly searchable: Searchable
}

/** The last order of each list, for a view that is shown again. */
const orders = new WeakMap<readonly AccountSession[], Order>()

/** The sessions in an order, searchable. The same list in the same order is sorted once. */
export function inOrder(sessions: readonly AccountSession[], sort: SessionSort): Searchable {
  const known = orders.get(sessions)
  if (known?.sort.column === sort.column && known.sort.direction === sort.direction) return known.searchable
  const sorted = searchable(sortSessions(sessions, sort))
  orders.set(sessions, { sort, searchable: sorted })
  return sorted
}

/** A filter for many sessions: `undefined` matches all. */
export type IsMatch = ((session: AccountSession, text: string) => boolean) | undefined

/** The sessions of a segment that match, in the order of the list. */
export function search(
  { sessions, ended, texts: textsOf }: Searchable,
  isMatch: IsMatch,
  segment: SessionSegment,
): readonly AccountSession[] {
  const ofSessions = isMatch === undefined ? [] : textsOf()
  const wanted = segment === 'ended' ? 1 : 0
  const found: AccountSession[] = []
  for (let index = 0; index < sessions.length; index += 1) {
    const session = sessions[index]
    if (ended[index] !== wanted || session === undefined) continue
    if (isMatch === undefined || isMatch(session, ofSessions[index] ?? '')) found.push(session)
  }
  return found
}
