// The hold on a terminal: which window holds it, its size, and up to which byte its output has been answered.
//
// Programs send queries to their terminal: its type, the position of the cursor, the background colour. Every window parses the
// same output, some of them again after a reload. Only one window may answer, and only once: the shell would take a second answer
// for typed text. A query that no window answers within 15 s gets no answer: its program has given up, and the shell would get it.

import type { TerminalSize } from '../../../shared/model/terminal'

/** Most programs wait a few seconds for an answer, fish waits ten. */
const PATIENCE_MS = 15_000

/** The precision of the age of output. */
const MARK_MS = 1_000

/** The hold on one terminal. At first the window that has opened the terminal holds it. */
export class Holding {
  heldBy: string | undefined
  size: TerminalSize
  readonly #now: () => number
  #answeredOffset = 0
  /** The end of the output at several times in the last 15 s, oldest first. */
  #marks: { readonly at: number; offset: number }[] = []

  /** `now` is epoch ms. */
  constructor(size: TerminalSize, heldBy: string | undefined, now: () => number) {
    this.size = size
    this.heldBy = heldBy
    this.#now = now
  }

  /** Queries in the output up to this offset have been answered, or are not answered any more. */
  get answeredOffset(): number {
    const oldest = this.#now() - PATIENCE_MS
    for (let [mark] = this.#marks; mark !== undefined && mark.at < oldest; [mark] = this.#marks) {
      this.close(mark.offset)
      this.#marks.shift()
    }
    return this.#answeredOffset
  }

  /** Notes that the output now ends at `offset`. */
  said(offset: number): void {
    const at = this.#now()
    const last = this.#marks.at(-1)
    if (last !== undefined && at - last.at < MARK_MS) last.offset = offset
    else this.#marks.push({ at, offset })
    if (this.#marks.length > (2 * PATIENCE_MS) / MARK_MS) this.#marks.shift()
  }

  /** Whether a window's answer to queries up to `offset` goes to the shell. If so, later answers to these queries do not. */
  takesAnswer(windowId: string, offset: number): boolean {
    if (windowId !== this.heldBy || offset <= this.answeredOffset) return false
    this.close(offset)
    return true
  }

  /** Queries up to `offset` are not answered any more. */
  close(offset: number): void {
    this.#answeredOffset = Math.max(this.#answeredOffset, offset)
  }
}
