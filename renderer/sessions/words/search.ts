// Finds sessions in a sorted list, at each keystroke of the filter. Pure.
//
// Made for 100,000 sessions: the text of each is made once, and the texts of a list stand in an array in its order. Looking them up
// session by session takes ten times as long as comparing them.

import type { AccountSession } from '../../../shared/model/accountsession'
import type { SessionSegment } from './listing'

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

/** A list of sessions to search in: each with its text. */
export interface Searchable {
  readonly sessions: readonly AccountSession[]
  /** The texts, in the order of the sessions. Made at the first call. */
  readonly texts: () => readonly string[]
}

/** Makes a list searchable. */
export function searchable(sessions: readonly AccountSession[]): Searchable {
  let made: readonly string[] | undefined
  return { sessions, texts: () => (made ??= sessions.map(textOf)) }
}

/** What a filter has found. */
export interface Found {
  /** The sessions of the segment that match, in the order of the list. */
  readonly shown: readonly AccountSession[]
  /** How many sessions of the other segment match. */
  readonly otherCount: number
}

/** A filter for many sessions: `undefined` matches all. */
export type IsMatch = ((session: AccountSession, text: string) => boolean) | undefined

/** Finds the sessions that match. */
export function search(list: Searchable, isMatch: IsMatch, segment: SessionSegment): Found {
  const { sessions } = list
  const ofSessions = isMatch === undefined ? [] : list.texts()
  const isEnded = segment === 'ended'
  const shown: AccountSession[] = []
  let otherCount = 0
  for (let index = 0; index < sessions.length; index += 1) {
    const session = sessions[index]
    if (session === undefined || isMatch?.(session, ofSessions[index] ?? '') === false) continue
    if ((session.state === 'terminated') === isEnded) shown.push(session)
    else otherCount += 1
  }
  return { shown, otherCount }
}
