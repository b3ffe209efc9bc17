// Bytes of a session -> the lines of its records: UTF-8, escape sequences (escapes.ts), lines (lines.ts). Pure: the caller says when it
// has been quiet for a second.

import { Stripper } from './escapes'
import { Lines, RawLines, type Line } from './lines'

/** The records of one session, either raw or stripped. However the bytes are cut, the lines are the same. */
export class Records {
  /** Bytes that are no UTF-8 become U+FFFD. A byte order mark is text here: it begins no file. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #stripper: Stripper | undefined
  readonly #lines: Lines | RawLines

  constructor({ isRaw }: { readonly isRaw: boolean }) {
    this.#stripper = isRaw ? undefined : new Stripper()
    this.#lines = isRaw ? new RawLines() : new Lines()
  }

  /** The lines that these bytes complete. */
  take(bytes: Uint8Array): readonly Line[] {
    return this.#text(this.#decoder.decode(bytes, { stream: true }))
  }

  /** The beginning of a line, after a second of quiet. The rest of a character that is cut in two waits for its bytes. */
  rest(): Line | undefined {
    return this.#lines.rest()
  }

  /** What is left at the end of the session. */
  end(): readonly Line[] {
    const lines = [...this.#text(this.#decoder.decode())]
    const rest = this.#lines.rest()
    return rest === undefined ? lines : [...lines, rest]
  }

  #text(text: string): readonly Line[] {
    const lines: Line[] = []
    this.#lines.take(this.#stripper === undefined ? text : this.#stripper.strip(text), lines)
    return lines
  }
}
