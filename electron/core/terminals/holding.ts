// Which window holds a terminal, what size it has, and up to where its output has its answers.
//
// Programs ask their terminal: what are you, where is the cursor, which colour is the background. Every window parses the same
// output, some of them again after a reload; only one may answer, and only once, or the shell takes the second answer for typing.
// A query that found no window for long gets no answer either: its program has given up, and the shell would get it.

import type { TerminalSize } from '../../../shared/model/terminal'

/** Programs wait a few seconds for an answer, fish ten. */
const PATIENCE_MS = 15_000

/** How exactly the age of output is known. */
const MARK_MS = 1_000

/** The hold on one terminal. Begins with the window that has opened it. */
export class Holding {
  heldBy: string | undefined
  size: TerminalSize
  readonly #now: () => number
  #answeredOffset = 0
  /** Up to which offset output had come at a time, oldest first: those of the last 15 s. */
  #marks: { readonly at: number; offset: number }[] = []

  /** `now` is epoch ms. */
  constructor(size: TerminalSize, heldBy: string | undefined, now: () => number) {
    this.size = size
    this.heldBy = heldBy
    this.#now = now
  }

  /** Queries in the output up to this byte have their answer, or get none any more. */
  get answeredOffset(): number {
    const oldest = this.#now() - PATIENCE_MS
    for (let [mark] = this.#marks; mark !== undefined && mark.at < oldest; [mark] = this.#marks) {
      this.close(mark.offset)
      this.#marks.shift()
    }
    return this.#answeredOffset
  }

  /** Output has come, and ends at `offset` now. */
  said(offset: number): void {
    const at = this.#now()
    const last = this.#marks.at(-1)
    if (last !== undefined && at - last.at < MARK_MS) last.offset = offset
    else this.#marks.push({ at, offset })
    if (this.#marks.length > (2 * PATIENCE_MS) / MARK_MS) this.#marks.shift()
  }

  /** Whether a window's answer to queries up to `offset` goes to the shell; from then on no other for these does. */
  takesAnswer(windowId: string, offset: number): boolean {
    if (windowId !== this.heldBy || offset <= this.answeredOffset) return false
    this.close(offset)
    return true
  }

  /** What was asked up to `offset` is answered no more. */
  close(offset: number): void {
    this.#answeredOffset = Math.max(this.#answeredOffset, offset)
  }
}
