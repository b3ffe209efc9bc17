// The terminals of this process, for windows: batched output, typed input, resize, and what they said before.
//
// A terminal stays until a person closes it, also when its session has ended: its text is the person's. Output reaches the
// windows in batches (at most 8 ms old, at most 64 KiB): one event per message would cost more than the bytes. The newest
// 4 MiB of each are kept for windows that come later. Owns the shells; `dispose` ends them all.

import { randomUUID } from 'node:crypto'
import { cutText, MAX_FOREIGN_CHARACTERS } from '../../../shared/cut'
import { AppError, asError, toWireError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { TerminalSize, TerminalView } from '../../../shared/model/terminal'
import { redact } from '../../../shared/redaction'
import { closingError, Ends } from '../async/closing'
import type { Environment } from '../environments/environment'
import { SAMPLE_MS } from '../tunnels/health'
import { Holding } from './holding'
import { isSameTimeLeft } from '../sessions/lifetime'
import { Scrollback } from './scrollback'
import type { ResumeProgress } from '../sessions/parts'
import type { Shell } from '../sessions/shell'
import type { Journal } from '../store/journal'

const BATCH_MS = 8
const BATCH_BYTES = 65_536

// Far more than a person can oversee. Each keeps up to 4 MiB of output.
const MAX_TERMINALS = 100

// Of a terminal without a window.
const USUAL_SIZE: TerminalSize = { cols: 80, rows: 24 }

// Between two sessions in one terminal: modes, colours and the other screen of the first end, its text stays. Leaving the
// other screen takes the cursor back to where it was saved: here, where the first never went there.
const NEW_SESSION = '\u0018\u001B[!p\u001B[0m\u001B7\u001B[?1049l\u001B[?1000l\u001B[?2004l\r\n'

/** What the terminals need and whom they tell. */
export interface TerminalsOptions {
  readonly journal: Journal
  readonly now: () => number
  /** A view changed, or the list did. */
  changed(): void
  /** `offset` counts the bytes before these since the terminal began. */
  output(terminalId: string, offset: number, bytes: Buffer): void
}

/** Where a terminal is opened. */
export interface TerminalPlace {
  readonly ref: EnvironmentRef
  readonly environmentName: string
  /** Opened when it is needed. */
  readonly environment: () => Promise<Environment>
  readonly instance: TerminalView['instance']
}

/** The screen of the window that asks. */
export interface TerminalScreen {
  readonly windowId: string
  readonly size: TerminalSize
}

interface Terminal {
  /** Without the hold, which `viewOf` adds. */
  view: Omit<TerminalView, 'size' | 'heldBy'>
  readonly place: TerminalPlace
  readonly scrollback: Scrollback
  readonly holding: Holding
  shell: Shell | undefined
  opening: AbortController
  /** Settled once the opening has succeeded, or has failed and left nothing behind. */
  opened: Promise<void>
}

/** The terminals of one core. */
export class Terminals implements AsyncDisposable {
  readonly #options: TerminalsOptions
  readonly #terminals = new Map<string, Terminal>()
  /** Openings and sessions that are on their way out. */
  readonly #ends = new Ends()
  readonly #sampling: NodeJS.Timeout
  #isOver = false

  constructor(options: TerminalsOptions) {
    this.#options = options
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS)
  }

  get views(): readonly TerminalView[] {
    return [...this.#terminals.values()].map(({ view, holding: { size, heldBy } }) => ({
      ...view,
      size,
      ...(heldBy === undefined ? {} : { heldBy }),
    }))
  }

  /**
   * Opens a shell and answers with the terminal's id at once; its state tells what becomes of it. The asking window holds it.
   * Throws `usage` where there are too many, and `not-running` once disposed.
   */
  open(place: TerminalPlace, { windowId, size }: TerminalScreen): string {
    if (this.#isOver) throw closingError()
    if (this.#terminals.size >= MAX_TERMINALS) {
      throw new AppError('usage', `There are ${MAX_TERMINALS} terminals, which is the most. Close one first.`)
    }
    const holding = new Holding(size, windowId, this.#options.now)
    const terminal = this.#add(place, { kind: 'connecting' }, holding)
    this.#options.changed()
    terminal.opened = this.#open(terminal)
    return terminal.view.id
  }

  /** Shows terminals of an earlier run: ended, without output, in their order. Each takes a new session when a person wants it. */
  restore(places: readonly TerminalPlace[]): void {
    const at = this.#options.now()
    for (const place of places.slice(0, MAX_TERMINALS - this.#terminals.size)) {
      const holding = new Holding(USUAL_SIZE, undefined, this.#options.now)
      this.#add(place, { kind: 'ended', at, text: 'Culvert was restarted.' }, holding)
    }
    this.#options.changed()
  }

  /** Opens a new session in a terminal that has ended. Does nothing in one that has not. Throws `usage` for an unknown one. */
  restart(terminalId: string, { windowId, size }: TerminalScreen): void {
    if (this.#isOver) throw closingError()
    const terminal = this.#get(terminalId)
    if (terminal.view.state.kind !== 'ended') return
    void this.#end(terminal)
    terminal.shell = undefined
    terminal.opening = new AbortController()
    if (terminal.scrollback.endOffset > 0) this.#say(terminal, Buffer.from(NEW_SESSION))
    const { holding } = terminal
    holding.close(terminal.scrollback.endOffset)
    holding.heldBy = windowId
    holding.size = size
    terminal.view = { ...terminal.view, state: { kind: 'connecting' } }
    this.#options.changed()
    terminal.opened = this.#open(terminal)
  }

  /** Cuts a wait short. Throws `usage` for an unknown terminal. */
  retry(terminalId: string): void {
    this.#get(terminalId).shell?.wake()
  }

  /** Sends typed text. Throws `usage` for an unknown terminal. */
  async write(terminalId: string, text: string): Promise<void> {
    await this.#get(terminalId).shell?.write(Buffer.from(text, 'utf8'))
  }

  /** Output from `fromOffset` on, as far as it is kept. Throws `usage` for an unknown terminal. */
  replay(
    terminalId: string,
    fromOffset: number,
  ): { readonly startOffset: number; readonly bytes: Buffer; readonly answeredOffset: number } {
    const { scrollback, holding } = this.#get(terminalId)
    return { ...scrollback.read(fromOffset), answeredOffset: holding.answeredOffset }
  }

  /** Makes the window the one that holds the terminal, whoever held it. Throws `usage` for an unknown terminal. */
  hold(terminalId: string, { windowId, size }: TerminalScreen): { readonly answeredOffset: number } {
    const terminal = this.#get(terminalId)
    const { holding } = terminal
    if (holding.heldBy !== windowId) {
      holding.heldBy = windowId
      this.#options.changed()
    }
    this.#setSize(terminal, size)
    return { answeredOffset: holding.answeredOffset }
  }

  /** Ignored while another window holds the terminal. Throws `usage` for an unknown terminal. */
  resize(terminalId: string, { windowId, size }: TerminalScreen): void {
    const terminal = this.#get(terminalId)
    const { heldBy = windowId } = terminal.holding
    if (heldBy === windowId) this.#setSize(terminal, size)
  }

  /** Sends what a window's screen answers, where that is due; see `Holding`. Throws `usage` for an unknown terminal. */
  async answer(
    terminalId: string,
    windowId: string,
    { offset, text }: { offset: number; text: string },
  ): Promise<void> {
    const { holding, shell } = this.#get(terminalId)
    if (holding.takesAnswer(windowId, offset)) await shell?.write(Buffer.from(text, 'utf8'))
  }

  /** A window is gone: it holds nothing any more. */
  release(windowId: string): void {
    const held = [...this.#terminals.values()].filter(({ holding }) => holding.heldBy === windowId)
    for (const { holding } of held) holding.heldBy = undefined
    if (held.length > 0) this.#options.changed()
  }

  /**
   * Forgets the terminal and ends its session; resolves once that has ended. The end of one that is still being opened is not
   * waited for. Throws `usage` for an unknown one.
   */
  async close(terminalId: string): Promise<void> {
    const terminal = this.#get(terminalId)
    this.#terminals.delete(terminalId)
    this.#options.changed()
    const isOpening = terminal.shell === undefined
    const ended = this.#end(terminal)
    if (!isOpening) await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    clearInterval(this.#sampling)
    await Promise.all([...this.#terminals.keys()].map((id) => this.close(id)))
    await this.#ends.idle()
  }

  #add(place: TerminalPlace, state: TerminalView['state'], holding: Holding): Terminal {
    const id = randomUUID()
    const { instance, ref, environmentName } = place
    const terminal: Terminal = {
      view: { id, instance, environment: ref, environmentName, state },
      place,
      scrollback: new Scrollback(),
      holding,
      shell: undefined,
      opening: new AbortController(),
      opened: Promise.resolve(),
    }
    this.#terminals.set(id, terminal)
    return terminal
  }

  /** Resolves once nothing of its opening or its session is left. Never rejects. */
  #end(terminal: Terminal): Promise<void> {
    const { opened, opening, shell } = terminal
    opening.abort(new AppError('session-ended', 'The terminal was closed.'))
    return this.#ends.add(opened.then(() => shell?.[Symbol.asyncDispose]()))
  }

  /** Never rejects: a failure is the state. */
  async #open(terminal: Terminal): Promise<void> {
    const { opening, holding } = terminal
    const { signal } = opening
    let life: AbortSignal | undefined
    try {
      const environment = await terminal.place.environment()
      signal.throwIfAborted()
      life = environment.life
      this.#endWith(terminal, life)
      life.throwIfAborted()
      const shell = await environment.openShell({
        target: terminal.view.instance.id,
        size: holding.size,
        signal,
        onResuming: (progress) => {
          const state: TerminalView['state'] = progress === undefined ? { kind: 'open' } : reconnecting(progress)
          if (!signal.aborted) this.#setState(terminal, state)
        },
      })
      if (signal.aborted) {
        await shell[Symbol.asyncDispose]()
        return
      }
      terminal.shell = shell
      // The window may have another size by now.
      shell.resize(holding.size)
      this.#setState(terminal, { kind: 'open' })
      this.#forward(terminal, shell)
    } catch (error) {
      if (!signal.aborted) this.#ended(terminal, '', life?.aborted === true ? asError(life.reason) : error)
    }
  }

  /** Its session is gone with its environment. */
  #endWith(terminal: Terminal, life: AbortSignal): void {
    const { opening } = terminal
    const end = (): void => {
      this.#ended(terminal, '', life.reason)
      void this.#end(terminal)
    }
    life.addEventListener('abort', end, { once: true })
    opening.signal.addEventListener('abort', () => life.removeEventListener('abort', end), { once: true })
  }

  /** Tells how long sessions may still live, where that has changed. */
  #sample(): void {
    for (const terminal of this.#terminals.values()) {
      const { view, shell } = terminal
      if (view.state.kind !== 'open' || shell === undefined) continue
      const { timeLeft } = shell
      if (!isSameTimeLeft(view.state, timeLeft)) this.#setState(terminal, { kind: 'open', ...timeLeft })
    }
  }

  #get(terminalId: string): Terminal {
    const terminal = this.#terminals.get(terminalId)
    if (terminal === undefined) throw new AppError('usage', 'This terminal is closed. Open a new one.')
    return terminal
  }

  #setSize({ holding, shell }: Terminal, size: TerminalSize): void {
    shell?.resize(size)
    if (holding.size.cols === size.cols && holding.size.rows === size.rows) return
    holding.size = size
    this.#options.changed()
  }

  #setState(terminal: Terminal, state: TerminalView['state']): void {
    if (terminal.view.state.kind === 'ended' || !this.#terminals.has(terminal.view.id)) return
    terminal.view = { ...terminal.view, state }
    this.#options.changed()
  }

  /** Ends it for good; told once. */
  #ended(terminal: Terminal, said: string, error?: unknown): void {
    const { id, instance, state } = terminal.view
    if (state.kind === 'ended' || !this.#terminals.has(id)) return
    const wire = error === undefined ? undefined : toWireError(error)
    // Cut before, too: taking secrets out of a long text takes long.
    const text = cutText(redact(said.trim().slice(0, 4 * MAX_FOREIGN_CHARACTERS)))
    const failure = wire === undefined ? {} : { error: { ...wire, message: cutText(wire.message) } }
    const why = failure.error?.message ?? text
    this.#setState(terminal, { kind: 'ended', at: this.#options.now(), text: why, ...failure })
    this.#options.journal.add({
      tone: wire === undefined ? 'idle' : 'failed',
      subject: { kind: 'terminal', id, name: instance.name === '' ? instance.id : instance.name },
      text: wire === undefined ? `ended its shell.${text === '' ? '' : ` ${text}`}` : 'lost its shell.',
      ...failure,
    })
  }

  #say(terminal: Terminal, bytes: Buffer): void {
    const offset = terminal.scrollback.endOffset
    terminal.scrollback.append(bytes)
    terminal.holding.said(terminal.scrollback.endOffset)
    this.#options.output(terminal.view.id, offset, bytes)
  }

  #forward(terminal: Terminal, shell: Shell): void {
    let batch: Buffer[] = []
    let batchBytes = 0
    let timer: NodeJS.Timeout | undefined
    const flush = (): void => {
      clearTimeout(timer)
      timer = undefined
      if (batchBytes > 0) this.#say(terminal, Buffer.concat(batch))
      batch = []
      batchBytes = 0
    }
    shell.output.on('data', (chunk: Buffer) => {
      batch.push(chunk)
      batchBytes += chunk.length
      if (batchBytes >= BATCH_BYTES) flush()
      else timer ??= setTimeout(flush, BATCH_MS)
    })
    shell.output.on('close', flush)
    const ended = (text: string, error?: unknown): void => {
      // It may be another shell's by now.
      if (terminal.shell === shell) this.#ended(terminal, text, error)
    }
    shell.ended.then(
      ({ text }) => ended(text),
      (error: unknown) => ended('', error),
    )
  }
}

function reconnecting({ cause, attempt, sinceAt, retryAt, waitsFor }: ResumeProgress): TerminalView['state'] {
  return {
    kind: 'reconnecting',
    sinceAt,
    attempt,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    cause: toWireError(cause),
  }
}
