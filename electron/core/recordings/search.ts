// Finds a text in recordings, as a person reads them: without escape sequences, in whole lines, whatever events they came in.
//
// Files are read in pieces. Matches, and the time of one search, are bounded; what was left out is told by `isCut`.

import type { RecordingListing } from '../../../shared/api/recordings'
import { cutText } from '../../../shared/cut'
import type { RecordingMatch } from '../../../shared/model/recording'
import { Stripper } from '../drains/records/escapes'
import { Lines, type Line } from '../drains/records/lines'
import { readAt } from '../store/regularfile'
import { HEADER_BYTES, MAX_LINE_BYTES, parseEvent } from './cast'
import { openToRead, pathOf } from './place'

const PIECE_BYTES = 1_048_576
const MAX_MATCHES = 500
const MAX_MATCHES_OF_ONE = 50
/** How much of a line is told. */
const MAX_TOLD = 300
/** How long a search takes, ms. */
const SEARCH_MS = 5_000

/** The limits of a search. */
export interface SearchLimits {
  /** Monotonic, ms. */
  readonly now: () => number
  readonly matches: number
  readonly ms: number
}

/** The places with `text`, in any case of letters: those of the newest recording first. Files that cannot be read are left out. */
export async function searchRecordings(
  { folder, recordings }: Pick<RecordingListing, 'folder' | 'recordings'>,
  text: string,
  limits: SearchLimits = { now: () => performance.now(), matches: MAX_MATCHES, ms: SEARCH_MS },
): Promise<{ readonly matches: readonly RecordingMatch[]; readonly isCut: boolean }> {
  const until = limits.now() + limits.ms
  const matches: RecordingMatch[] = []
  let isCut = false
  for (const { id } of recordings) {
    const left = Math.min(MAX_MATCHES_OF_ONE, limits.matches - matches.length)
    const isLate = (): boolean => limits.now() >= until
    if (left <= 0 || isLate()) return { matches, isCut: true }
    const found = new Finder(id, text, left)
    const isWhole = await scan(pathOf(folder, id), found, isLate).catch(() => true)
    matches.push(...found.matches)
    isCut ||= !isWhole
  }
  return { matches, isCut }
}

/** Reads a file into `found`. Resolves with false where it was left before its end. */
async function scan(path: string, found: Finder, isLate: () => boolean): Promise<boolean> {
  await using file = await openToRead(path)
  // The bytes of a line whose end has not come; longer ones are none of ours and are dropped.
  let rest = Buffer.alloc(0)
  for (let offset = HEADER_BYTES; ;) {
    if (isLate()) return false
    const piece = await readAt(file, offset, PIECE_BYTES)
    offset += piece.length
    const bytes = Buffer.concat([rest, piece])
    const end = bytes.lastIndexOf(0x0a) + 1
    for (const line of bytes.toString('utf8', 0, end).split('\n')) {
      if (line !== '' && !found.take(line)) return false
    }
    rest = bytes.length - end > MAX_LINE_BYTES ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end))
    if (piece.length < PIECE_BYTES) break
  }
  return found.end()
}

/** The matches of one recording. */
class Finder {
  readonly matches: RecordingMatch[] = []
  readonly #id: string
  readonly #wanted: string
  readonly #max: number
  readonly #stripper = new Stripper()
  readonly #lines = new Lines()
  /** When the present line began, ms. */
  #beganAt: number | undefined
  /** The end of a line that was cut in two: the text may begin in it. */
  #carried = ''
  #lastAt = 0

  constructor(id: string, text: string, max: number) {
    this.#id = id
    this.#wanted = text.toLowerCase()
    this.#max = max
  }

  /** Takes a line of the file; false: there are enough matches. */
  take(line: string): boolean {
    const event = parseEvent(line)
    if (event?.kind !== 'output') return true
    const lines: Line[] = []
    this.#lastAt = event.at
    this.#lines.take(this.#stripper.strip(event.text), lines)
    for (const each of lines) if (!this.#look(each, event.at)) return false
    this.#beganAt ??= event.at
    return true
  }

  /** Looks at a last line without an end. */
  end(): boolean {
    const rest = this.#lines.rest()
    return rest === undefined || this.#look(rest, this.#lastAt)
  }

  #look({ text, isPartial }: Line, at: number): boolean {
    const beganAt = this.#beganAt ?? at
    const whole = this.#carried + text
    const found = whole.toLowerCase().indexOf(this.#wanted)
    // A line that was cut in two is found once: its rest is looked at without the text that was found.
    this.#carried = isPartial && found < 0 ? whole.slice(-this.#wanted.length) : ''
    this.#beganAt = isPartial ? beganAt : undefined
    if (found < 0) return true
    if (this.matches.length >= this.#max) return false
    const from = Math.max(0, found - MAX_TOLD / 2)
    const told = from === 0 ? whole : `…${whole.slice(from).replace(/^[\uDC00-\uDFFF]/, '')}`
    this.matches.push({ recordingId: this.#id, at: beganAt, line: cutText(told, MAX_TOLD) })
    return true
  }
}
