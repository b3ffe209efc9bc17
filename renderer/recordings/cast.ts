// Reads the file of a recording (asciicast v2) for the player, piece by piece.
//
// The file is not trusted: any program may have put it into the folder, and a far end has printed its text. So every size, time, number
// and length has a bound here, and the player gets plain values only. Events of typed input are skipped.
//
//   {"version":2,"width":80,"height":24,…}     the first line
//   [1.204,"o","text"]                          output; "r": "100x30", a new size; "m": a marker with its label
//
// Source: asciicast v2 format, https://docs.asciinema.org/manual/asciicast/v2/

import { isList } from '../../shared/api/shape'

/** The largest size that is drawn. A larger one is reduced to it. */
const MAX_COLS = 1_000
const MAX_ROWS = 500

/** A line of a recording has one piece of output. A longer line is no line of a recording, and would be kept until its end is found. */
const MAX_LINE = 4_194_304

/** The most events that are played. */
const MAX_EVENTS = 500_000

const MAX_MARKERS = 1_000
const MAX_LABEL = 200

/** No recording is longer than a year. */
const MAX_MS = 366 * 86_400_000

/** A place in a recording with a label: a resume, or missing output. */
export interface CastMarker {
  readonly at: number
  readonly label: string
}

/** One event, as the player takes it: the time from the start in ms, its kind, and the text or "COLSxROWS". */
export type CastEvent = readonly [at: number, kind: 'o' | 'r', text: string]

/** What a file holds, ready to be played. */
export interface Cast {
  readonly cols: number
  readonly rows: number
  /** In the order of their times. */
  readonly events: readonly CastEvent[]
  readonly markers: readonly CastMarker[]
  /** The time of the last event. */
  readonly durationMs: number
  /** Lines that are no events. A torn last line, as a crash leaves it, is not counted. */
  readonly damagedLines: number
  /** There are more events than can be played. */
  readonly isCut: boolean
}

const clamp = (value: number, max: number): number => Math.min(Math.max(Math.trunc(value), 1), max)

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** "100x30" within the bounds; undefined for anything else. */
function sizeText(text: string): string | undefined {
  const [, cols, rows] = /^(\d{1,6})x(\d{1,6})$/.exec(text) ?? []
  return cols === undefined || rows === undefined
    ? undefined
    : `${clamp(Number(cols), MAX_COLS)}x${clamp(Number(rows), MAX_ROWS)}`
}

/** Reads one file. */
export class CastReader {
  readonly #decoder = new TextDecoder()
  readonly #maxEvents: number
  /** The line so far; undefined while the rest of a line that is too long is skipped. */
  #rest: string | undefined = ''
  #size: { readonly cols: number; readonly rows: number } | undefined
  #isHeadSeen = false
  readonly #events: CastEvent[] = []
  readonly #markers: CastMarker[] = []
  #lastAt = 0
  #damagedLines = 0
  #isCut = false

  constructor(maxEvents = MAX_EVENTS) {
    this.#maxEvents = maxEvents
  }

  /** Whether the rest of the file is not played: the limit of events is reached, or the file is no recording. */
  get isFull(): boolean {
    return this.#isCut || (this.#isHeadSeen && this.#size === undefined)
  }

  /** Takes the next bytes of the file. */
  push(bytes: Uint8Array): void {
    const lines = this.#decoder.decode(bytes, { stream: true }).split('\n')
    lines.forEach((line, index) => {
      if (index > 0) {
        this.#end()
        this.#rest = ''
      }
      if (this.#rest === undefined) return
      this.#rest += line
      if (this.#rest.length <= MAX_LINE) return
      this.#rest = undefined
      this.#damagedLines += 1
    })
  }

  /** What was read; undefined if the file is no recording. Ends the reader. */
  finish(): Cast | undefined {
    // The last line is complete only if it can be read.
    if (this.#rest !== undefined && parsed(this.#rest) !== undefined) this.#end()
    const { cols, rows } = this.#size ?? {}
    if (cols === undefined || rows === undefined) return undefined
    return {
      cols,
      rows,
      events: this.#events,
      markers: this.#markers,
      durationMs: this.#lastAt,
      damagedLines: this.#damagedLines,
      isCut: this.#isCut,
    }
  }

  /** Takes the line that has ended. */
  #end(): void {
    const line = this.#rest
    if (line === undefined || line.trim() === '' || this.isFull) return
    const value = parsed(line)
    if (!this.#isHeadSeen) this.#head(value)
    else if (!this.#event(value)) this.#damagedLines += 1
  }

  #head(value: unknown): void {
    this.#isHeadSeen = true
    const [cols, rows] = [field(value, 'width'), field(value, 'height')]
    if (field(value, 'version') !== 2 || typeof cols !== 'number' || typeof rows !== 'number') return
    if (Number.isFinite(cols) && Number.isFinite(rows))
      this.#size = { cols: clamp(cols, MAX_COLS), rows: clamp(rows, MAX_ROWS) }
  }

  /** Takes an event; false if the line is none. */
  #event(value: unknown): boolean {
    if (!isList<unknown>(value)) return false
    const [seconds, kind, data] = value
    if (typeof seconds !== 'number' || typeof kind !== 'string' || typeof data !== 'string') return false
    const ms = seconds * 1_000
    if (!(ms >= 0 && ms <= MAX_MS)) return false
    // Times that go back would stop the player.
    const at = Math.max(ms, this.#lastAt)
    const text = kind === 'o' ? data : kind === 'r' ? sizeText(data) : undefined
    if (kind === 'r' && text === undefined) return false
    if (this.#events.length >= this.#maxEvents) {
      this.#isCut = true
      return true
    }
    this.#lastAt = at
    if (text !== undefined) this.#events.push([at, kind === 'o' ? 'o' : 'r', text])
    else if (kind === 'm' && this.#markers.length < MAX_MARKERS) {
      this.#markers.push({ at, label: data.slice(0, MAX_LABEL) })
    }
    return true
  }
}
