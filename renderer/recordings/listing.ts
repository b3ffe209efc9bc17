// Which recordings are shown, in which order, and the places in them where a text was found. Pure.

import type { Recording, RecordingMatch } from '../../shared/model/recording'
import { compareNames } from '../order'
import { KIND_WORDS, startWords, targetLabel } from './words'

/** The columns that the list can be sorted by. */
export type RecordingColumn = 'start' | 'target' | 'place' | 'length' | 'size'

/** An order of the list. */
export interface RecordingSort {
  readonly column: RecordingColumn
  readonly direction: 'ascending' | 'descending'
}

/** The order until a person sorts the list. */
export const NEWEST_FIRST: RecordingSort = { column: 'start', direction: 'descending' }

/** The order after a press on a header. Times, lengths and sizes begin with the largest. */
export function recordingsSortedBy(column: RecordingColumn, present: RecordingSort): RecordingSort {
  const first = column === 'target' || column === 'place' ? 'ascending' : 'descending'
  if (present.column !== column) return { column, direction: first }
  return { column, direction: present.direction === 'ascending' ? 'descending' : 'ascending' }
}

/** A row of the list: a recording, or a place in the one above. */
export type RecordingRow =
  | { readonly kind: 'recording'; readonly key: string; readonly recording: Recording }
  | { readonly kind: 'match'; readonly key: string; readonly recording: Recording; readonly match: RecordingMatch }

function compare(a: Recording, b: Recording, column: RecordingColumn): number {
  switch (column) {
    case 'start':
      return a.startedAt - b.startedAt
    case 'target':
      return compareNames(targetLabel(a), targetLabel(b))
    case 'place':
      return compareNames(`${a.environment} ${a.region}`, `${b.environment} ${b.region}`)
    case 'length':
      return a.durationMs - b.durationMs
    case 'size':
      return a.bytes - b.bytes
  }
}

/** Whether the recording has every word of the filter: in its target, environment, region, kind or date. */
function isNamed({ startedAt, ...recording }: Recording, words: readonly string[]): boolean {
  const { environment, region, target, targetName, kind } = recording
  const text = [targetName, target, environment, region, KIND_WORDS[kind], startWords(startedAt)]
    .join('\n')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}

/**
 * The rows for a text: the recordings that it names, and those in whose output it was found, each with its places below. All recordings for
 * "".
 */
export function rowsOf(
  recordings: readonly Recording[],
  text: string,
  { matches, sort }: { readonly matches: readonly RecordingMatch[]; readonly sort: RecordingSort },
): readonly RecordingRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const places = new Map<string, readonly RecordingMatch[]>()
  for (const match of matches) {
    const { recordingId } = match
    places.set(recordingId, [...(places.get(recordingId) ?? []), match])
  }
  const sign = sort.direction === 'ascending' ? 1 : -1
  return recordings
    .filter((recording) => places.has(recording.id) || isNamed(recording, words))
    .toSorted((a, b) => sign * compare(a, b, sort.column) || b.startedAt - a.startedAt || compareNames(a.id, b.id))
    .flatMap((recording): RecordingRow[] => [
      { kind: 'recording', key: recording.id, recording },
      ...(places.get(recording.id) ?? []).map((match, index): RecordingRow => ({
        kind: 'match',
        key: `${recording.id} ${index}`,
        recording,
        match,
      })),
    ])
}

/** The number of letters that an excerpt shows before the found text. */
const BEFORE = 40

/** The line of a row. A long one begins shortly before the found text, so that the text is visible. Ignores case. */
export function excerpt(line: string, text: string): string {
  const at = line.toLowerCase().indexOf(text.toLowerCase())
  return at <= BEFORE ? line : `…${line.slice(at - BEFORE)}`
}

/** A text in pieces, every second of which is the found text. Ignores case. */
export function piecesAround(line: string, text: string): readonly string[] {
  if (text === '') return [line]
  const [small, wanted] = [line.toLowerCase(), text.toLowerCase()]
  const pieces: string[] = []
  let from = 0
  // Lower case can change the length of a text, and the marks would be at wrong places: then nothing is marked.
  for (let at = small.length === line.length ? small.indexOf(wanted) : -1; at >= 0; at = small.indexOf(wanted, from)) {
    pieces.push(line.slice(from, at), line.slice(at, at + wanted.length))
    from = at + wanted.length
  }
  return [...pieces, line.slice(from)]
}
