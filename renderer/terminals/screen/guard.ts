// Output on its way into xterm.js, made harmless: bytes become text, and counts that would hang the page are cut.
//
// xterm.js repeats a character, a tab, a line or a scroll as often as a sequence says: `ESC[2147483647b` keeps the page busy for
// minutes, and so does each reload that replays it. A parser hook cannot help: it gets a copy of the parameters. So the sequences
// are found here, before the write. What xterm.js drops without a trace, bytes that are no UTF-8 and U+FEFF, is replaced or taken
// out first: else it could stand inside a sequence and hide it from this file. Owns the state between two pieces of output.
//
//   text --ESC--> escape --[--> sequence --final character--> text      U+009B begins a sequence from anywhere
//
// Source: xterm.js 6.0 src/common/InputHandler.ts (repeatPrecedingCharacter and its neighbours),
// src/common/parser/EscapeSequenceParser.ts (transitions), src/common/input/TextDecoder.ts (what is dropped).

import type { TerminalSize } from '../../../shared/model/terminal'

/** A longer sequence means nothing to any terminal. */
const MAX_SEQUENCE = 256

const CANCEL = '\u0018'
const SUBSTITUTE = '\u001A'
const ESCAPE = '\u001B'
const SEQUENCE = '\u009B'

/** The largest count that a screen can show, by the final character: repeat, tabs, lines and scrolls. */
const maxCounts: Readonly<Record<string, (size: TerminalSize) => number>> = {
  b: ({ cols, rows }) => cols * rows,
  I: ({ cols }) => cols,
  Z: ({ cols }) => cols,
  L: ({ rows }) => rows,
  M: ({ rows }) => rows,
  S: ({ rows }) => rows,
  T: ({ rows }) => rows,
}

/** Whether xterm.js runs it, or drops it, without leaving an escape or a sequence. */
function isControl(character: string): boolean {
  return (character < ' ' && character !== CANCEL && character !== SUBSTITUTE) || character === '\u007F'
}

function makeDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}

/** Turns output into text that xterm.js can be given. */
export class OutputGuard {
  readonly #size: () => TerminalSize
  #decoder = makeDecoder()
  #state: 'text' | 'escape' | 'sequence' = 'text'
  /** What has come of a sequence behind its first characters, which are written already. */
  #held = ''

  /** `size`: of the screen, now. */
  constructor(size: () => TerminalSize) {
    this.#size = size
  }

  /** Takes bytes; returns the text to write. An incomplete character or sequence is returned with the bytes that end it. */
  push(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true }).replaceAll('\uFEFF', '')
    // oxlint-disable-next-line no-control-regex
    const starts = /[\u001B\u009B]/g
    let safe = ''
    let index = 0
    while (index < text.length) {
      if (this.#state === 'text') {
        starts.lastIndex = index
        const next = starts.exec(text)?.index ?? text.length
        safe += text.slice(index, next)
        index = next
      }
      safe += this.#step(text.charAt(index))
      index += 1
    }
    return safe
  }

  /** Forgets an incomplete character or sequence: the next output does not continue it. */
  reset(): void {
    this.#decoder = makeDecoder()
    this.#state = 'text'
    this.#held = ''
  }

  /** Takes one character ("" at the end of a text); returns what can be written. */
  #step(character: string): string {
    if (character === ESCAPE || character === SEQUENCE) {
      this.#state = character === ESCAPE ? 'escape' : 'sequence'
      return this.#release() + character
    }
    if (this.#state === 'escape') {
      if (character === '[') this.#state = 'sequence'
      else if (!isControl(character)) this.#state = 'text'
      return character
    }
    if (this.#state === 'sequence') return this.#stepSequence(character)
    return character
  }

  #stepSequence(character: string): string {
    if (character >= '@' && character <= '~') {
      this.#state = 'text'
      const maxCount = maxCounts[character]
      const held = this.#release()
      return (maxCount === undefined ? held : cutCounts(held, maxCount(this.#size()))) + character
    }
    if (!isControl(character) && (character < ' ' || character > '~')) {
      this.#state = 'text'
      return this.#release() + character
    }
    this.#held += character
    if (this.#held.length <= MAX_SEQUENCE) return ''
    this.#state = 'text'
    this.#held = ''
    return CANCEL
  }

  #release(): string {
    const held = this.#held
    this.#held = ''
    return held
  }
}

/** Controls may stand between the digits of a number; they are run first, as they would be. */
function cutCounts(held: string, maxCount: number): string {
  const all = held.split('')
  const controls = all.filter(isControl).join('')
  const parameters = all.filter((character) => !isControl(character)).join('')
  return controls + parameters.replaceAll(/\d+/g, (digits) => (Number(digits) > maxCount ? String(maxCount) : digits))
}
