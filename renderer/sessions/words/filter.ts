// The filter of the sessions: free words, and words with a key. Pure.
//
//   web owner:ann            every word must match
//   owner:ann owner:"Jo W"   one of the values of a key must match
//   mine left-over           whose sessions
//   since:2h                 started in the last 2 hours (s, m, h, d)

import type { AccountSession, SessionHolder } from '../../../shared/model/accountsession'
import type { IsMatch } from './search'
import { kindOf, stateWords } from './states'

/** The keys that a filter knows. */
const KEYS = ['owner', 'target', 'status', 'since', 'access', 'kind', 'env', 'document', 'reason', 'id'] as const

/** A key of a filter. */
type FilterKey = (typeof KEYS)[number]

/** The words for whose sessions. */
const HOLDERS: readonly SessionHolder[] = ['mine', 'left-over', 'another-computer', 'others']

/** The words for states: those of the window, and those of the command line. */
const STATUS_WORDS = [
  'open',
  'active',
  'opening',
  'authorized',
  'pending',
  'resuming',
  'ending',
  'canceling',
  'ended',
  'terminated',
]

/** The values that a key knows, where it does not take any text. */
const KEY_VALUES: Readonly<Partial<Record<FilterKey, readonly string[]>>> = {
  status: ['open', 'opening', 'resuming', 'ending', 'ended'],
  access: ['standard', 'just-in-time'],
  kind: ['shell', 'port', 'ssh', 'command'],
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A filter that was read. */
export interface SessionFilter {
  /** In lower case; each must occur. */
  readonly words: readonly string[]
  /** In lower case, without empty ones. */
  readonly values: ReadonlyMap<FilterKey, readonly string[]>
  readonly holders: readonly SessionHolder[]
  /** Started at most that long ago. */
  readonly sinceMs?: number
  /** The first value that is not understood, as a sentence: no session matches then. */
  readonly problem?: string
}

/** Splits at spaces; quotes keep a value with spaces together: `owner:"Jo W"`. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:"[^"]*"?|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ''))
}

function keyOf(word: string): FilterKey | undefined {
  const at = word.indexOf(':')
  return at < 0 ? undefined : KEYS.find((key) => key === word.slice(0, at))
}

function problemOf(key: FilterKey, value: string): string | undefined {
  if (key === 'since') {
    return spanMs(value) === undefined
      ? `since:${value} is no time. Write a number and a unit: 30m, 2h or 7d.`
      : undefined
  }
  const known = key === 'status' ? STATUS_WORDS : KEY_VALUES[key]
  if (known === undefined || known.some((each) => each.startsWith(value))) return undefined
  const shown = KEY_VALUES[key] ?? []
  return `${key}:${value} is not known. ${key}: takes ${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}.`
}

/** `2h` in ms; undefined for a text that is no time. */
function spanMs(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,4})([smhd])$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  return unitMs === undefined ? undefined : Number(number) * unitMs
}

/** Reads a filter. Never throws: what is not understood is the `problem`. */
export function readFilter(text: string): SessionFilter {
  const words: string[] = []
  const values = new Map<FilterKey, string[]>()
  const holders: SessionHolder[] = []
  let problem: string | undefined
  for (const word of wordsOf(text.toLowerCase())) {
    const holder = HOLDERS.find((each) => each === word)
    const key = keyOf(word)
    if (holder !== undefined) holders.push(holder)
    else if (key === undefined) words.push(word)
    else {
      const value = word.slice(key.length + 1)
      // Still being typed.
      if (value === '') continue
      values.set(key, [...(values.get(key) ?? []), value])
      problem ??= problemOf(key, value)
    }
  }
  const since = values.get('since')?.map(spanMs)
  values.delete('since')
  const sinceMs = since?.every((each) => each !== undefined) === true ? Math.max(...since) : undefined
  return {
    words,
    values,
    holders,
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(problem === undefined ? {} : { problem }),
  }
}

function fieldOf(session: AccountSession, key: FilterKey): string {
  switch (key) {
    case 'owner':
      return session.owner
    case 'target':
      return `${session.targetName ?? ''}\n${session.target}`
    case 'status':
      return `${session.state}\n${stateWords(session).word}`
    case 'access':
      return session.accessType ?? ''
    case 'kind':
      return kindOf(session)
    case 'env':
      return `${session.place.name}\n${session.place.region}`
    case 'document':
      return session.document ?? ''
    case 'reason':
      return session.reason ?? ''
    case 'id':
      return session.id
    case 'since':
      return ''
  }
}

/** Whether a value matches: known values by their beginning, texts anywhere. */
function matches(session: AccountSession, key: FilterKey, value: string): boolean {
  const field = fieldOf(session, key).toLowerCase()
  return KEY_VALUES[key] === undefined
    ? field.includes(value)
    : field.split('\n').some((each) => each.startsWith(value))
}

/** The test of a filter, for many sessions; undefined for a filter that all match. */
export function matcher(filter: SessionFilter, nowAt: number): IsMatch {
  const { words, values, holders, sinceMs, problem } = filter
  if (problem !== undefined) return () => false
  const keys = [...values]
  const [word = ''] = words
  const areWords =
    words.length > 1
      ? (text: string) => words.every((each) => text.includes(each))
      : // Most filters are one word. It needs no inner loop.
        (text: string) => text.includes(word)
  if (keys.length === 0 && holders.length === 0 && sinceMs === undefined)
    return words.length === 0 ? undefined : (_, text) => areWords(text)
  const sinceAt = sinceMs === undefined ? -Infinity : nowAt - sinceMs
  return (session, text) =>
    (sinceMs === undefined || (session.startAt ?? -Infinity) >= sinceAt) &&
    (holders.length === 0 || holders.includes(session.holder)) &&
    keys.every(([key, wanted]) => wanted.some((value) => matches(session, key, value))) &&
    areWords(text)
}

/** What completes the last word of a filter: `label` is shown, `text` is the whole filter with it. */
export interface Completion {
  readonly label: string
  readonly detail: string
  readonly text: string
}

const DETAILS: Readonly<Record<string, string>> = {
  'owner:': 'name or ARN of a person or role',
  'target:': 'Name or id of an instance',
  'status:': 'open, resuming, ending or ended',
  'since:': 'started in the last 30m, 2h or 7d',
  'access:': 'standard or just-in-time',
  'kind:': 'shell, port, ssh or command',
  'env:': 'environment or region',
  'document:': 'session document',
  'reason:': 'reason that was given',
  'id:': 'session id',
  mine: 'started by you',
  'left-over': 'of a Culvert here that ended without ending them',
  'another-computer': 'started by you on another computer',
  others: 'started by other people and roles',
}

const SINCE = ['30m', '2h', '8h', '1d', '7d']
const MAX_COMPLETIONS = 8

function valuesOf(key: FilterKey, known: () => KnownNames): readonly string[] {
  if (key === 'owner') return known().owners
  if (key === 'target') return known().targets
  return key === 'since' ? SINCE : (KEY_VALUES[key] ?? [])
}

/** Names that occur, the most frequent first. */
export interface KnownNames {
  readonly owners: readonly string[]
  readonly targets: readonly string[]
}

/** The completions of the last word. `known` is called only for a key whose values are names. */
export function completionsOf(text: string, known: () => KnownNames): readonly Completion[] {
  const typed = /(?:"[^"]*"?|[^\s"])*$/.exec(text)?.[0] ?? ''
  const before = text.slice(0, text.length - typed.length)
  const word = typed.replaceAll('"', '').toLowerCase()
  const key = keyOf(word)
  if (key === undefined) {
    return Object.entries(DETAILS)
      .filter(([label]) => label.startsWith(word) && label !== word)
      .map(([label, detail]) => ({ label, detail, text: `${before}${label}${label.endsWith(':') ? '' : ' '}` }))
      .slice(0, word === '' ? undefined : MAX_COMPLETIONS)
  }
  const value = word.slice(key.length + 1)
  return valuesOf(key, known)
    .filter((each) => each.toLowerCase().includes(value) && each.toLowerCase() !== value)
    .slice(0, MAX_COMPLETIONS)
    .map((each) => {
      const label = `${key}:${/\s/.test(each) ? `"${each}"` : each}`
      return { label, detail: '', text: `${before}${label} ` }
    })
}
