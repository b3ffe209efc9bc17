// The terminals of this process, for windows: the list of them, and which one a request is for. One of them is running.ts.
//
// A terminal stays until a person closes it, also when its session has ended: its text is the person's. Owns the terminals;
// disposing ends them all.

import { AppError } from '../../../shared/errors'
import type { TerminalView } from '../../../shared/model/terminal'
import { closingError, Ends } from '../async/closing'
import type { Journal } from '../store/journal'
import { SAMPLE_MS } from '../tunnels/health'
import { RunningTerminal, type TerminalPlace, type TerminalScreen } from './running'

// Far more than a person can oversee. Each keeps up to 4 MiB of output.
const MAX_TERMINALS = 100

/** What the terminals need and whom they tell. */
export interface TerminalsOptions {
  readonly journal: Journal
  readonly now: () => number
  /** A view changed, or the list did. */
  changed(): void
  /** `offset` counts the bytes before these since the terminal began. */
  output(terminalId: string, offset: number, bytes: Buffer): void
}

/** The terminals of one core. Requests for a terminal that is not there throw `usage`. */
export class Terminals implements AsyncDisposable {
  readonly #options: TerminalsOptions
  readonly #terminals = new Map<string, RunningTerminal>()
  /** Openings and sessions that are on their way out. */
  readonly #ends = new Ends()
  readonly #sampling: NodeJS.Timeout
  #isOver = false

  constructor(options: TerminalsOptions) {
    this.#options = options
    this.#sampling = setInterval(() => {
      for (const terminal of this.#terminals.values()) terminal.sample()
    }, SAMPLE_MS)
  }

  /** Each is the same object until it changes. */
  get views(): readonly TerminalView[] {
    return [...this.#terminals.values()].map(({ view }) => view)
  }

  /**
   * Opens a shell and answers with the terminal's id at once; its state tells what becomes of it. The asking window holds it.
   * Throws `usage` where there are too many, and `not-running` once disposed.
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

  /** Shows terminals of an earlier run: ended, without output, in their order. Each takes a new session when a person wants it. */
  restore(places: readonly TerminalPlace[]): void {
    for (const place of places.slice(0, MAX_TERMINALS - this.#terminals.size)) this.#add(place, undefined)
    this.#options.changed()
  }

  /** Opens a new session in a terminal that has ended. Does nothing in one that has not. Throws `not-running` once disposed. */
  restart(terminalId: string, screen: TerminalScreen): void {
    if (this.#isOver) throw closingError()
    this.#get(terminalId).restart(screen)
  }

  /** Cuts a wait short. */
  retry(terminalId: string): void {
    this.#get(terminalId).retry()
  }

  /** Sends typed text. */
  async write(terminalId: string, text: string): Promise<void> {
    await this.#get(terminalId).write(text)
  }

  /** Output from `fromOffset` on, as far as it is kept. */
  replay(terminalId: string, fromOffset: number): ReturnType<RunningTerminal['replay']> {
    return this.#get(terminalId).replay(fromOffset)
  }

  /** Makes the window the one that holds the terminal, whichever held it before. */
  hold(terminalId: string, screen: TerminalScreen): { readonly answeredOffset: number } {
    return this.#get(terminalId).hold(screen)
  }

  /** Ignored while another window holds the terminal. */
  resize(terminalId: string, screen: TerminalScreen): void {
    this.#get(terminalId).resize(screen)
  }

  /** Sends what a window's screen answers, where that is due; see `Holding`. */
  async answer(terminalId: string, windowId: string, answer: { offset: number; text: string }): Promise<void> {
    await this.#get(terminalId).answer(windowId, answer)
  }

  /** A window is gone: it holds nothing any more. */
  release(windowId: string): void {
    for (const terminal of this.#terminals.values()) terminal.release(windowId)
  }

  /**
   * Forgets the terminal and ends its session; resolves once that has ended. The end of one that is still being opened is not
   * waited for.
   */
  async close(terminalId: string): Promise<void> {
    const terminal = this.#get(terminalId)
    this.#terminals.delete(terminalId)
    this.#options.changed()
    await terminal.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    clearInterval(this.#sampling)
    await Promise.all([...this.#terminals.keys()].map((id) => this.close(id)))
    await this.#ends.idle()
  }

  #add(place: TerminalPlace, screen: TerminalScreen | undefined): RunningTerminal {
    const { journal, now } = this.#options
    const terminal: RunningTerminal = new RunningTerminal(
      {
        place,
        journal,
        now,
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
