// The journal as a person reads it: which entries are shown, how they are grouped by day, and one entry as text to copy.

import { shownName, shownSentence } from '../../shared/foreigntext'
import type { JournalEntry } from '../../shared/model/journal'

/** The kinds of entries that the view can filter by. */
export type Segment = 'all' | 'problems' | 'forwards' | 'terminals' | 'app'

/** Which entries to show. */
export interface JournalFilter {
  readonly segment: Segment
  readonly text: string
  /** Only the entries of this forward. */
  readonly forwardId?: string
  /** The destination of each forward, by its id. The search looks in these too. */
  readonly destinations?: ReadonlyMap<string, string>
}

/** Whether an entry reports something that a person may have to act on. */
export function isProblem({ tone }: JournalEntry): boolean {
  return tone === 'failed' || tone === 'waiting'
}

function isInSegment(entry: JournalEntry, segment: Segment): boolean {
  const { kind } = entry.subject
  switch (segment) {
    case 'all':
      return true
    case 'problems':
      return isProblem(entry)
    case 'forwards':
      return kind === 'forward'
    case 'terminals':
      return kind === 'terminal'
    case 'app':
      return kind === 'app' || kind === 'environment'
  }
}

/** The name of the entry's subject; "" for entries about the app. */
export function subjectName({ subject }: JournalEntry): string {
  return subject.kind === 'app' ? '' : subject.name
}

/** The destination of the entry's forward, if it is known; "" for other entries. */
export function destinationOf({ subject }: JournalEntry, destinations: ReadonlyMap<string, string>): string {
  return subject.kind === 'forward' ? (destinations.get(subject.id) ?? '') : ''
}

/** The cause of an entry in short: its error without the advice on how to fix it. */
export function causeWords({ error }: JournalEntry): string {
  const [cause = ''] = (error?.message ?? '').split(/[.:;]\s/, 1)
  return cause.replace(/\.$/, '')
}

function searchText(entry: JournalEntry, destinations: ReadonlyMap<string, string>): string {
  const { text, error, facts = {} } = entry
  const said = [
    subjectName(entry),
    destinationOf(entry, destinations),
    text,
    error?.code ?? '',
    error?.message ?? '',
    ...Object.entries(facts).flat(),
  ]
  return said.join('\n').toLowerCase()
}

const NONE: ReadonlyMap<string, string> = new Map()

/** The entries that match the filter, in their original order. */
export function filterJournal(entries: readonly JournalEntry[], filter: JournalFilter): readonly JournalEntry[] {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return entries.filter((entry) => {
    if (!isInSegment(entry, filter.segment)) return false
    const { subject } = entry
    if (filter.forwardId !== undefined && (subject.kind !== 'forward' || subject.id !== filter.forwardId)) return false
    if (words.length === 0) return true
    const all = searchText(entry, filter.destinations ?? NONE)
    return words.every((word) => all.includes(word))
  })
}

/** The entries of one day. */
export interface Day {
  /** "2026-11-22". */
  readonly key: string
  /** "Today", "Yesterday", else the weekday. */
  readonly title: string
  /** "22 November", with the year if it is not the current one. */
  readonly date: string
  readonly entries: readonly JournalEntry[]
}

/** Creates a new format for each use: an existing one keeps the time zone that the computer had when it was created. */
function format(date: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', options).format(date)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function dayKey(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function dayTitle(date: Date, now: Date): string {
  if (dayKey(date) === dayKey(now)) return 'Today'
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (dayKey(date) === dayKey(yesterday)) return 'Yesterday'
  return format(date, { weekday: 'long' })
}

/** Groups entries, newest first, by day in this computer's time zone. */
export function groupByDay(entries: readonly JournalEntry[], nowAt: number): readonly Day[] {
  const now = new Date(nowAt)
  const days = new Map<string, JournalEntry[]>()
  for (const entry of entries) {
    const key = dayKey(new Date(entry.at))
    const ofDay = days.get(key)
    if (ofDay === undefined) days.set(key, [entry])
    else ofDay.push(entry)
  }
  return [...days].map(([key, ofDay]): Day => {
    const date = new Date(ofDay[0]?.at ?? nowAt)
    const isThisYear = date.getFullYear() === now.getFullYear()
    return {
      key,
      title: dayTitle(date, now),
      date: format(date, { day: 'numeric', month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) }),
      entries: ofDay,
    }
  })
}

/** A time of day to the second: `11:58:30`. */
export function secondWords(at: number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** The offset of this computer's time zone from UTC at that date: `+01:00`. */
function offsetWords(date: Date): string {
  const minutes = -date.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** A date and time in full, in this computer's time zone: `22 November 2026, 11:58:30 (UTC+01:00)`. */
export function momentWords(at: number): string {
  const date = new Date(at)
  const day = format(date, { day: 'numeric', month: 'long', year: 'numeric' })
  return `${day}, ${secondWords(at)} (UTC${offsetWords(date)})`
}

/** A date and time for programs and tickets, in this computer's time zone: `2026-11-22T11:58:30+01:00`. */
export function localIso(at: number): string {
  const date = new Date(at)
  return `${dayKey(date)}T${secondWords(at)}${offsetWords(date)}`
}

/** An entry with everything that is known about it, as plain text for a ticket or a mail. */
export function detailsText(entry: JournalEntry): string {
  const { at, text, error, facts = {} } = entry
  const lines = [
    `${localIso(at)}  ${`${shownName(subjectName(entry))} ${shownSentence(text)}`.trim()}`,
    ...(error === undefined ? [] : [shownSentence(error.message), `Code: ${error.code}`]),
    ...Object.entries(facts).map(([name, value]) => `${shownName(name)}: ${shownSentence(value)}`),
  ]
  return lines.join('\n')
}
