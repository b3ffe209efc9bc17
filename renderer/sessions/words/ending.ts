// What ending several sessions means: whom it concerns, in which pieces it is asked, and what was refused. Pure.

import type { AccountSession, CancelOutcome } from '../../../shared/model/accountsession'
import { isAuthorization, isEndable, kindWords, ownerName, placeWords, sessionsWords, targetWords } from './states'

/** So many sessions are ended by one request: a refusal of one of the first is seen before the last is asked. */
const MOST_AT_ONCE = 100

/** So many sessions are named in a question. */
const MOST_NAMED = 6

/** What a person is asked about. */
export interface Ending {
  readonly sessions: readonly AccountSession[]
  /** The names of the first ones: "web-1, shell". */
  readonly named: readonly string[]
  readonly moreCount: number
  /** The names of forwards and of terminals that they carry. */
  readonly forwards: readonly string[]
  readonly terminals: readonly string[]
  /** The short names of the other people whose sessions these are. */
  readonly owners: readonly string[]
  readonly othersCount: number
}

/** What ending these sessions means; those that are ended already are left out. Undefined if none is left. */
export function endingOf(wanted: readonly AccountSession[]): Ending | undefined {
  const sessions = wanted.filter(isEndable)
  if (sessions.length === 0) return undefined
  const others = sessions.filter(({ holder }) => holder === 'others')
  const carried = (kind: 'forward' | 'terminal'): readonly string[] =>
    sessions.flatMap(({ carrier }) => (carrier?.kind === kind ? [carrier.name] : []))
  return {
    sessions,
    named: sessions.slice(0, MOST_NAMED).map((session) => `${targetWords(session)}, ${kindWords(session)}`),
    moreCount: Math.max(0, sessions.length - MOST_NAMED),
    forwards: carried('forward'),
    terminals: carried('terminal'),
    owners: [...new Set(others.map(({ owner }) => ownerName(owner)))],
    othersCount: others.length,
  }
}

/** "End the session on web-1?", "End 3 sessions?". */
export function titleWords({ sessions }: Ending): string {
  const [first] = sessions
  return sessions.length === 1 && first !== undefined
    ? `End the session on ${targetWords(first)}?`
    : `End ${sessionsWords(sessions.length)}?`
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 3)
  const more = names.length - shown.length
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`
}

/** Whose sessions of other people are among them, and what is carried by them, as sentences. */
export function consequences({ sessions, owners, othersCount, forwards, terminals }: Ending): readonly string[] {
  const isOne = sessions.length === 1
  const sentences: string[] = []
  const authorizations = sessions.filter(isAuthorization).length
  if (authorizations > 0) {
    const [has, token] = authorizations === 1 ? ['has', 'its token'] : ['have', 'their tokens']
    const who = isOne ? 'It' : `${authorizations.toLocaleString('en')} of them`
    sentences.push(`${who} ${has} not begun: ${token} will open nothing.`)
  }
  if (othersCount > 0) {
    const which = othersCount === sessions.length ? 'All of them' : `${othersCount.toLocaleString('en')} of them`
    const belong = othersCount === 1 ? 'belongs' : 'belong'
    sentences.push(isOne ? `It belongs to ${list(owners)}.` : `${which} ${belong} to ${list(owners)}.`)
  }
  if (forwards.length > 0) {
    const many = forwards.length > 1
    sentences.push(
      `${many ? 'The forwards' : 'The forward'} ${list(forwards)} ${many ? 'run' : 'runs'} on ${isOne ? 'it' : 'these'}: open connections are lost, and ${many ? 'each forward opens a new session' : 'it opens a new session'} unless you turn ${many ? 'them' : 'it'} off.`,
    )
  }
  if (terminals.length > 0) {
    sentences.push(
      `${terminals.length === 1 ? 'The terminal' : 'The terminals'} ${list(terminals)} ${terminals.length === 1 ? 'ends' : 'end'}; the last screen stays.`,
    )
  }
  return sentences
}

/** The sessions of each request. */
export function requestsOf(sessions: readonly AccountSession[]): readonly (readonly AccountSession[])[] {
  const pieces: (readonly AccountSession[])[] = []
  for (let at = 0; at < sessions.length; at += MOST_AT_ONCE) pieces.push(sessions.slice(at, at + MOST_AT_ONCE))
  return pieces
}

/** The outcomes that are refusals, as lines to copy: the session, its environment, and why. */
export function refusalLines(outcomes: readonly CancelOutcome[]): readonly string[] {
  return outcomes.flatMap(({ place, sessionId, error }) =>
    error === undefined ? [] : [`${sessionId} (${placeWords(place)}): ${error.message}`],
  )
}
