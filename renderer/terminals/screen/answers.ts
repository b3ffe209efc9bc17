// Separates xterm.js's answers to programs that query their terminal from typing, and ties each to the output with the query.
//
// A program asks for the kind of terminal, the cursor position or the background colour, and xterm.js answers while it parses,
// as if a person had typed. After a reload the same output is parsed again, and in a second window too. So an answer is not
// sent as typing: it goes to the core with the position of its query, and the core sends it to the shell once, from one
// window.
//
// Hooks on every answered sequence announce that answers follow. xterm.js sends them before the parse returns, so all its data
// until the next microtask are answers. Typing cannot come in between. Owns its hooks.
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

/** DECRQSS: queries the value of a setting. */
const SETTING_QUERY: IFunctionIdentifier = { intermediates: '$', final: 'q' }

/** Reports of focus and mouse, which xterm.js sends by itself. Dropped during a replay: the program that asked is gone. */
// oxlint-disable-next-line no-control-regex
const REPORT = /^\u001B\[(?:[IO]$|<|M)/

interface Drawing {
  readonly endOffset: number
  readonly isAnswered: boolean
}

/** Separates the data of one xterm.js into typing and answers. */
export class Answers implements IDisposable {
  readonly #tell: (text: string, offset: number) => void
  readonly #hooks: readonly IDisposable[]
  /** Pieces given to xterm.js; the first one is parsed next. */
  readonly #drawing: Drawing[] = []
  #answeredOffset = 0
  #replayEndOffset = 0
  #drawnOffset = 0
  #isAnswering = false
  #said = ''

  /** `tell` gets the answers to the output that ends at `offset`, in order. */
  constructor({ parser }: Pick<Terminal, 'parser'>, tell: (text: string, offset: number) => void) {
    this.#tell = tell
    const hook = (): boolean => {
      this.#expect()
      // Lets xterm.js process the sequence as usual.
      return false
    }
    this.#hooks = [
      ...sequences.map((sequence) => parser.registerCsiHandler(sequence, hook)),
      ...COLOUR_QUERIES.map((query) => parser.registerOscHandler(query, hook)),
      parser.registerDcsHandler(SETTING_QUERY, hook),
    ]
  }

  /** Queries up to this offset are already answered. */
  get answeredOffset(): number {
    return this.#answeredOffset
  }

  /** Output up to `endOffset` is shown again; its queries up to `answeredOffset` are already answered. */
  replay(endOffset: number, answeredOffset: number): void {
    this.#replayEndOffset = Math.max(this.#replayEndOffset, endOffset)
    this.answered(answeredOffset)
  }

  /** From now on queries up to `offset` count as answered, whichever window answered them. */
  answered(offset: number): void {
    this.#answeredOffset = Math.max(this.#answeredOffset, offset)
  }

  /** xterm.js was given another piece, which it parses after the earlier ones. */
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

  /** Whether a replay is in progress: its modes are not those of the program that runs now. */
  get isReplaying(): boolean {
    return this.#drawnOffset < this.#replayEndOffset
  }

  /** Takes data that xterm.js sends; false if it is typing. */
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
