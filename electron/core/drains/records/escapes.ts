// Takes the escape sequences and control characters out of the output of a terminal. Pure; the state goes on from one text to the next.
//
//   ground ── ESC ──► escape ── [ ──► sequence (CSI) ── final ──► ground
//                        ├──── ] P X ^ _ ──► string (OSC, DCS, SOS, PM, APC) ── BEL, ST ──► ground
//                        └──── final ──► ground
//
// What remains: text, tab, and the controls that lines.ts understands: line feed, carriage return, backspace, and ERASE for "erase to the
// end of the line", by which shells take back a typed character. Vertical tab, form feed and NEL are line feeds, as terminals draw them.
// Line feeds within a sequence are carried out, as terminals do. A sequence or string that is longer than its bound counts as ended, so
// that one without an end does not hide the output after it. Source: ECMA-48; "A parser for DEC's ANSI-compatible video terminals".

/** Stands for CSI K in the result. DEL itself is dropped from the output, so it has no other meaning there. */
export const ERASE = '\u007f'

/** Parameters of a sequence; the longest in use, of 24-bit colours, have some 40. */
const MAX_SEQUENCE = 256

/** Pictures within the text have this size. */
const MAX_STRING = 1_048_576

/** Everything but text, tab, line feed, carriage return and backspace. */
const CONTROL = /[^\P{Cc}\t\n\r\b]/gu

/** What follows ESC in a sequence of colour or position, which is most of them. */
const WHOLE = /\[([\u0020-\u003f]{0,256})([\u0040-\u007e])/y

const ESC = 0x1b
const BEL = 0x07
const CAN = 0x18
const SUB = 0x1a
const NEL = 0x85

type State = 'ground' | 'escape' | 'sequence' | 'string' | 'string-escape'

/** Strips one stream of output. */
export class Stripper {
  #state: State = 'ground'
  /** Characters of the sequence or string so far. */
  #length = 0
  /** The parameters of a sequence that was cut in two; at most `MAX_SEQUENCE` characters. */
  #parameters = ''

  /** The text that goes on where the last one ended, stripped. */
  strip(text: string): string {
    let out = ''
    let at = 0
    while (at < text.length) {
      if (this.#state === 'ground') {
        CONTROL.lastIndex = at
        const next = CONTROL.exec(text)?.index ?? text.length
        out += at === 0 && next === text.length ? text : text.slice(at, next)
        at = next
        if (at === text.length) break
        WHOLE.lastIndex = at + 1
        const isEscape = text.charCodeAt(at) === ESC
        const [whole = '', parameters = '', final = ''] = (isEscape ? WHOLE.exec(text) : null) ?? []
        if (whole !== '') {
          out += meaning(parameters, final)
          at += 1 + whole.length
          continue
        }
      }
      out += this.#step(text[at] ?? '')
      at += 1
    }
    return out
  }

  /** Takes one character outside of plain text; returns what remains of it. */
  #step(character: string): string {
    const code = character.charCodeAt(0)
    switch (this.#state) {
      case 'ground':
        return this.#control(code)
      case 'escape':
        if (code === 0x5b) return this.#enter('sequence')
        if (code === 0x5d || code === 0x50 || code === 0x58 || code === 0x5e || code === 0x5f)
          return this.#enter('string')
        // Intermediate characters, as of "ESC ( B".
        if (code >= 0x20 && code <= 0x2f && this.#grown(MAX_SEQUENCE)) return ''
        if (code < 0x20) return this.#control(code)
        this.#state = 'ground'
        return code <= 0x7e ? '' : this.#step(character)
      case 'sequence':
        if (code >= 0x20 && code <= 0x3f) {
          this.#parameters += character
          if (this.#grown(MAX_SEQUENCE)) return ''
        }
        if (code < 0x20) return this.#control(code)
        this.#state = 'ground'
        if (code <= 0x3f) return ''
        return code <= 0x7e ? meaning(this.#parameters, character) : this.#step(character)
      case 'string':
        if (code === BEL || code === CAN || code === SUB || code === 0x9c || !this.#grown(MAX_STRING))
          this.#state = 'ground'
        else if (code === ESC) this.#state = 'string-escape'
        return ''
      case 'string-escape':
        // ESC \ is the end of the string; any other character begins a sequence, which ends the string too.
        this.#enter('escape')
        return code === 0x5c ? this.#enter('ground') : this.#step(character)
    }
  }

  /** A control character that has a meaning in every state but strings. */
  #control(code: number): string {
    switch (code) {
      case ESC:
        return this.#enter('escape')
      case 0x9b:
        return this.#enter('sequence')
      case 0x90:
      case 0x98:
      case 0x9d:
      case 0x9e:
      case 0x9f:
        return this.#enter('string')
      case CAN:
      case SUB:
        return this.#enter('ground')
      case 0x0a:
      case 0x0b:
      case 0x0c:
      case NEL:
        return '\n'
      case 0x08:
      case 0x09:
      case 0x0d:
        return String.fromCharCode(code)
      default:
        // Within a sequence this is no end of it. Text in the ground state comes here after an aborted sequence.
        return code >= 0xa0 || (code >= 0x20 && code < 0x7f) ? String.fromCharCode(code) : ''
    }
  }

  #enter(state: State): '' {
    this.#state = state
    this.#length = 0
    this.#parameters = ''
    return ''
  }

  /** Counts one character more; false past the bound. */
  #grown(max: number): boolean {
    this.#length += 1
    return this.#length <= max
  }
}

/** What a sequence leaves behind. */
function meaning(parameters: string, final: string): string {
  return final === 'K' && (parameters === '' || parameters === '0') ? ERASE : ''
}
