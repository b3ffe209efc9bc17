// The list of the terminals of this process. Passes each request of a window to its terminal, a `RunningTerminal` (running.ts).
//
// A terminal stays in the list until a person closes it, also after the end of its session, because its text may still be needed.
// Owns the terminals; disposing closes all of them.

import { AppError } from '../../../shared/errors'
import type { TerminalView } from '../../../shared/model/terminal'
import { closingError, Ends } from '../async/closing'
import type { Captures } from '../capture/captures'
import type { Journal } from '../store/journal'
import type { EphemeralTerminal, TerminalPlace, TerminalScreen } from './parts'
import { RunningTerminal } from './running'

// Far more than a person can oversee. Each keeps up to 4 MiB of output.
const MAX_TERMINALS = 100

/** What the terminals need, and their callbacks. */
export interface TerminalsOptions {
  readonly journal: Journal
  readonly now: () => number
  /** Absent: no output is captured. */
  readonly captures?: Captures
  /** Called after each change of a view or of the list. */
  changed(): void
  /** Called with each batch of output. `offset` counts the bytes before it since the terminal began. */
  output(terminalId: string, offset: number, bytes: Buffer): void
}

/** The terminals of one core. Requests for an unknown terminal throw `usage`, except `ephemeral`. */
export class Terminals implements AsyncDisposable {
  readonly #options: TerminalsOptions
  readonly #terminals = new Map<string, RunningTerminal>()
  /** The ends of openings and sessions. */
  readonly #ends = new Ends()
  #isOver = false

  constructor(options: TerminalsOptions) {
    this.#options = options
  }

  /** The views. A view is the same object until it changes. */
  get views(): readonly TerminalView[] {
    return [...this.#terminals.values()].map(({ view }) => view)
  }

  /** The sessions of the terminals, each with the view of its terminal. */
  get sessions(): readonly { readonly sessionId: string; readonly view: TerminalView }[] {
    return [...this.#terminals.values()].flatMap(({ sessionId, view }) =>
      sessionId === undefined ? [] : [{ sessionId, view }],
    )
  }

  /**
   * Adds a terminal, begins to open a shell in it and returns its id at once. Its state tells the result. The window of `screen`
   * holds it. Throws `usage` if there are too many terminals, and `not-running` once disposed.
   */
  open(place: TerminalPlace, screen: TerminalScreen): string {
    if (this.#isOver) throw closingError()
    if (this.#terminals.size >= MAX_TERMINALS) {
      throw new AppError('usage', `There are ${MAX_TERMINALS} terminals, which is the most. Close one first.`)
    }
    const terminal = this.#add(place, screen)
    this.#options.changed()
    terminal.open()
    return terminal.id
  }

  /** Adds the terminals of an earlier run in their order: ended and without output. `restart` opens a new session in one of them. */
  restore(places: readonly TerminalPlace[]): void {
    for (const place of places.slice(0, MAX_TERMINALS - this.#terminals.size)) this.#add(place, undefined)
    this.#options.changed()
  }

  /** Opens a new session in a terminal that has ended. Otherwise does nothing. Throws `not-running` once disposed. */
  restart(terminalId: string, screen: TerminalScreen): void {
    if (this.#isOver) throw closingError()
    this.#get(terminalId).restart(screen)
  }

  /** The ephemeral sessions of a terminal; undefined where its sessions are not ephemeral, and for an unknown terminal. */
  ephemeral(terminalId: string): EphemeralTerminal | undefined {
    return this.#terminals.get(terminalId)?.ephemeral
  }

  /** Ends the wait of a session, which tries again now. */
  retry(terminalId: string): void {
    this.#get(terminalId).retry()
  }

  /** Begins or ends the recording of a terminal. See `TerminalCapture.record`. */
  async record(terminalId: string, isOn: boolean): Promise<void> {
    await this.#get(terminalId).record(isOn)
  }

  /** Sends typed text. */
  async write(terminalId: string, text: string): Promise<void> {
    await this.#get(terminalId).write(text)
  }

  /** Output from `fromOffset` on, as far as it is kept. */
  replay(terminalId: string, fromOffset: number): ReturnType<RunningTerminal['replay']> {
    return this.#get(terminalId).replay(fromOffset)
  }

  /** Makes the window hold the terminal, in place of any other window. */
  hold(terminalId: string, screen: TerminalScreen): { readonly answeredOffset: number } {
    return this.#get(terminalId).hold(screen)
  }

  /** Ignored while another window holds the terminal. */
  resize(terminalId: string, screen: TerminalScreen): void {
    this.#get(terminalId).resize(screen)
  }

  /** Sends a screen's answer to a query, unless the query is answered already; see `Holding`. */
  async answer(terminalId: string, windowId: string, answer: { offset: number; text: string }): Promise<void> {
    await this.#get(terminalId).answer(windowId, answer)
  }

  /** A window is gone and holds no terminal any more. */
  release(windowId: string): void {
    for (const terminal of this.#terminals.values()) terminal.release(windowId)
  }

  /**
   * Removes the terminal and ends its session; resolves once the session has ended. Does not wait for a session that is still
   * being opened.
   */
  async close(terminalId: string): Promise<void> {
    const terminal = this.#get(terminalId)
    this.#terminals.delete(terminalId)
    this.#options.changed()
    await terminal.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await Promise.all([...this.#terminals.keys()].map((id) => this.close(id)))
    await this.#ends.idle()
  }

  #add(place: TerminalPlace, screen: TerminalScreen | undefined): RunningTerminal {
    const { journal, now, captures } = this.#options
    const terminal: RunningTerminal = new RunningTerminal(
      {
        place,
        journal,
        now,
        captures,
        ends: this.#ends,
        changed: () => this.#options.changed(),
        output: (offset, bytes) => this.#options.output(terminal.id, offset, bytes),
      },
      screen,
    )
    this.#terminals.set(terminal.id, terminal)
    return terminal
  }

  #get(terminalId: string): RunningTerminal {
    const terminal = this.#terminals.get(terminalId)
    if (terminal === undefined) throw new AppError('usage', 'This terminal is closed. Open a new one.')
    return terminal
  }
}
