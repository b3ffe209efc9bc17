// What xterm.js answers to programs that ask their terminal: told apart from typing, and bound to the output that has asked.
//
// A program asks what the terminal is, where the cursor is, or which colour the background has, and xterm.js answers while it
// parses, as if a person had typed. After a reload the same output is parsed again; in a second window too. So an answer is
// not typed: it goes to the core with the place of its question, and the core sends it to the shell once, from one window.
//
// Hooks on every sequence that is answered say that answers come; xterm.js gives them before the parse returns, so all that it
// says until the next microtask are answers. Typing cannot come in between. Owns its hooks.
// Source: xterm.js 6.0 src/common/InputHandler.ts, src/browser/CoreBrowserTerminal.ts: the calls of triggerDataEvent.

import type { IDisposable, IFunctionIdentifier, Terminal } from '@xterm/xterm'
import type { Piece } from './feed'

/** Device attributes, device status and cursor position, modes, window size, and modes that report at once (focus). */
const sequences: readonly IFunctionIdentifier[] = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
  { final: 't' },
  { prefix: '>', final: 'q' },
  { prefix: '?', final: 'h' },
]

/** Colours: of the palette, the text, the background and the cursor. */
const COLOUR_QUERIES = [4, 10, 11, 12]

/** DECRQSS: how a setting stands. */
const SETTING_QUERY: IFunctionIdentifier = { intermediates: '$', final: 'q' }

/** Reports of focus and mouse, which xterm.js sends by itself. During a replay they are dropped: the program that asked is gone. */
// oxlint-disable-next-line no-control-regex
const REPORT = /^\u001B\[(?:[IO]$|<|M)/

interface Drawing {
  readonly endOffset: number
  readonly isAnswered: boolean
}

/** Sorts what one xterm.js says into typing and answers. */
export class Answers implements IDisposable {
  readonly #tell: (text: string, offset: number) => void
  readonly #hooks: readonly IDisposable[]
  /** Pieces that xterm.js was given, the one that it parses first. */
  readonly #drawing: Drawing[] = []
  #answeredOffset = 0
  #replayEndOffset = 0
  #drawnOffset = 0
  #isAnswering = false
  #said = ''

  /** `tell` gets what was answered to the output that ends at `offset`, in order. */
  constructor({ parser }: Pick<Terminal, 'parser'>, tell: (text: string, offset: number) => void) {
    this.#tell = tell
    const hook = (): boolean => {
      this.#expect()
      // xterm.js goes on to what it does with the sequence.
      return false
    }
    this.#hooks = [
      ...sequences.map((sequence) => parser.registerCsiHandler(sequence, hook)),
      ...COLOUR_QUERIES.map((query) => parser.registerOscHandler(query, hook)),
      parser.registerDcsHandler(SETTING_QUERY, hook),
    ]
  }

  /** Queries up to this offset have their answer. */
  get answeredOffset(): number {
    return this.#answeredOffset
  }

  /** Output up to `endOffset` is shown again; up to `answeredOffset` its queries have their answer. */
  replay(endOffset: number, answeredOffset: number): void {
    this.#replayEndOffset = Math.max(this.#replayEndOffset, endOffset)
    this.answered(answeredOffset)
  }

  /** Queries up to `offset` have their answer from here on, whichever window gave it. */
  answered(offset: number): void {
    this.#answeredOffset = Math.max(this.#answeredOffset, offset)
  }

  /** xterm.js was given a piece, after all before it. */
  begin({ endOffset, isNote }: Piece): void {
    this.#drawing.push({ endOffset, isAnswered: isNote || endOffset <= this.#answeredOffset })
  }

  /** xterm.js has parsed the oldest piece. */
  end(): void {
    const { endOffset = 0, isAnswered = true } = this.#drawing.shift() ?? {}
    this.#drawnOffset = endOffset
    const text = this.#said
    this.#said = ''
    if (text !== '' && !isAnswered) this.#tell(text, endOffset)
  }

  /** Whether a replay is under way, whose modes are not those of what runs now. */
  get isReplaying(): boolean {
    return this.#drawnOffset < this.#replayEndOffset
  }

  /** Takes what xterm.js says; false where it is typing. */
  takes(text: string): boolean {
    if (this.#isAnswering) {
      this.#said += text
      return true
    }
    return this.isReplaying && REPORT.test(text)
  }

  dispose(): void {
    for (const hook of this.#hooks) hook.dispose()
  }

  #expect(): void {
    if (this.#isAnswering) return
    this.#isAnswering = true
    queueMicrotask(() => {
      this.#isAnswering = false
    })
  }
}
