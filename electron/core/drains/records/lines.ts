// Puts stripped output into lines: what a record holds.
//
//   line feed          ends a line; CR LF is one end
//   carriage return    alone also ends a line: each state of a progress bar is a line of its own, and nothing that was shown is hidden by
//                      what is drawn over it. Lines of blanks that end so are dropped: shells draw them before each prompt
//   backspace, ERASE   are carried out within the line, so that a command that was corrected while it was typed reads as it was sent
//
// Other movements of the cursor are not carried out. A line of more than 4 KiB is cut between two characters. Pure.

import { ERASE } from './escapes'

/** The most that a record holds, bytes of UTF-8. */
const MAX_LINE_BYTES = 4_096

/** A character of UTF-16 has at most 3 bytes. */
const SURELY_FITS = Math.floor(MAX_LINE_BYTES / 3)

/** One line. `isPartial`: it goes on in the next one. */
export interface Line {
  readonly text: string
  readonly isPartial: boolean
}

/** The lines of one stream of output. */
export class Lines {
  #text = ''
  /** Where the next character goes, in UTF-16 units. */
  #cursor = 0
  /** A carriage return came, and nothing since. */
  #isReturned = false
  /** The line was told already when a carriage return waited for its line feed, which then ends nothing. */
  #isEnded = false

  /** Adds the lines that `text` completes to `into`. */
  take(text: string, into: Line[]): void {
    const isEdited = text.includes('\b') || text.includes(ERASE)
    let at = 0
    let returned = text.indexOf('\r')
    while (at < text.length) {
      const feed = text.indexOf('\n', at)
      const end = feed === -1 ? text.length : feed
      if (returned !== -1 && returned < at) returned = text.indexOf('\r', at)
      // Most output is whole lines that end in CR LF: nothing within them has to be carried out.
      if (!isEdited && returned !== -1 && returned === end - 1) {
        if (returned > at) this.#write(text.slice(at, returned), into)
        this.#isReturned = true
      } else if (end > at) this.#put(text.slice(at, end), into)
      if (feed !== -1) this.#feed(into)
      at = end + 1
    }
  }

  /** What has come of a line; it counts as told afterwards. Undefined: nothing. */
  rest(): Line | undefined {
    if (this.#text === '') return undefined
    const line = { text: this.#text, isPartial: !this.#isReturned }
    this.#isEnded = this.#isReturned
    this.#isReturned = false
    this.#text = ''
    this.#cursor = 0
    return line
  }

  #feed(into: Line[]): void {
    if (!this.#isEnded) into.push({ text: this.#text, isPartial: false })
    this.#begin()
  }

  #begin(): void {
    this.#text = ''
    this.#cursor = 0
    this.#isReturned = false
    this.#isEnded = false
  }

  /** Takes output without line feeds. */
  #put(run: string, into: Line[]): void {
    let begin = 0
    for (let at = 0; at < run.length; at += 1) {
      const character = run.charCodeAt(at)
      if (character !== 0x0d && character !== 0x08 && character !== 0x7f) continue
      if (at > begin) this.#write(run.slice(begin, at), into)
      begin = at + 1
      if (character === 0x0d) this.#isReturned = true
      else this.#edit(run[at] ?? '', into)
    }
    if (begin < run.length) this.#write(run.slice(begin), into)
  }

  #edit(control: string, into: Line[]): void {
    this.#afterReturn(into)
    if (control === ERASE) this.#text = this.#text.slice(0, this.#cursor)
    else if (this.#cursor > 0) this.#cursor -= isLow(this.#text.charCodeAt(this.#cursor - 1)) ? 2 : 1
  }

  /** A carriage return without line feed: the line ends. */
  #afterReturn(into: Line[]): void {
    if (!this.#isReturned) return
    if (this.#text.trim() !== '') into.push({ text: this.#text, isPartial: false })
    this.#begin()
  }

  #write(run: string, into: Line[]): void {
    this.#afterReturn(into)
    this.#isEnded = false
    if (this.#cursor === this.#text.length) {
      this.#text += run
      this.#cursor = this.#text.length
      this.#cut(into)
      return
    }
    for (const character of run) {
      const width = isHigh(this.#text.charCodeAt(this.#cursor)) ? 2 : 1
      this.#text = this.#text.slice(0, this.#cursor) + character + this.#text.slice(this.#cursor + width)
      this.#cursor += character.length
      this.#cut(into)
    }
  }

  #cut(into: Line[]): void {
    while (this.#text.length > SURELY_FITS && Buffer.byteLength(this.#text) > MAX_LINE_BYTES) {
      const end = fittingLength(this.#text)
      into.push({ text: this.#text.slice(0, end), isPartial: true })
      this.#text = this.#text.slice(end)
      this.#cursor = Math.max(0, this.#cursor - end)
    }
  }
}

/** The lines of output that is not stripped: they end at line feeds only, and keep everything else. */
export class RawLines {
  #text = ''

  /** Adds the lines that `text` completes to `into`. */
  take(text: string, into: Line[]): void {
    let at = 0
    while (at < text.length) {
      const feed = text.indexOf('\n', at)
      const end = feed === -1 ? text.length : feed
      this.#text += text.slice(at, end)
      while (this.#text.length > SURELY_FITS && Buffer.byteLength(this.#text) > MAX_LINE_BYTES) {
        const fits = fittingLength(this.#text)
        into.push({ text: this.#text.slice(0, fits), isPartial: true })
        this.#text = this.#text.slice(fits)
      }
      at = end + 1
      if (feed === -1) break
      into.push({ text: this.#text, isPartial: false })
      this.#text = ''
    }
  }

  /** See `Lines`. */
  rest(): Line | undefined {
    if (this.#text === '') return undefined
    const line = { text: this.#text, isPartial: true }
    this.#text = ''
    return line
  }
}

/** How many UTF-16 units of `text`, which is too long, fit into a record. Never splits a character in two. */
function fittingLength(text: string): number {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_LINE_BYTES))
  return read
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
