// One terminal: its view, its newest output, and one shell after the other in it.
//
//   connecting -> open <-> reconnecting -> ended -> connecting (a new session, when a person wants it)
//
// The text stays when its session has ended: it is the person's. Owns the shell and the opening of it; both end behind `ends`. Tells
// nothing any more once it is closed. Which window holds it is holding.ts, what is kept of its output scrollback.ts.

import { randomUUID } from 'node:crypto'
import { AppError, asError, toWireError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { TerminalSize, TerminalView } from '../../../shared/model/terminal'
import type { Ends } from '../async/closing'
import type { Environment } from '../environments/environment'
import { isSameTimeLeft } from '../sessions/lifetime'
import type { ResumeProgress } from '../sessions/parts'
import type { Shell } from '../sessions/shell'
import type { Journal } from '../store/journal'
import { batchOutput } from './batch'
import { endingOf } from './ending'
import { Holding } from './holding'
import { Scrollback } from './scrollback'

// Of a terminal without a window.
const USUAL_SIZE: TerminalSize = { cols: 80, rows: 24 }

// Between two sessions in one terminal: modes, colours and the other screen of the first end, its text stays. Leaving the
// other screen takes the cursor back to where it was saved: here, where the first never went there.
const NEW_SESSION = '\u0018\u001B[!p\u001B[0m\u001B7\u001B[?1049l\u001B[?1000l\u001B[?2004l\r\n'

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

/** What a terminal needs and whom it tells. */
export interface RunningTerminalOptions {
  readonly place: TerminalPlace
  readonly journal: Journal
  readonly now: () => number
  /** Openings and sessions that are being ended. */
  readonly ends: Ends
  /** Called after each change of its view. */
  readonly changed: () => void
  /** `offset` counts the bytes before these since the terminal began. */
  readonly output: (offset: number, bytes: Buffer) => void
}

/** A terminal. `close` it. */
export class RunningTerminal {
  readonly id = randomUUID()
  readonly #options: RunningTerminalOptions
  readonly #scrollback = new Scrollback()
  readonly #holding: Holding
  #state: TerminalView['state']
  #view: TerminalView
  #shell: Shell | undefined
  #opening = new AbortController()
  /** Settled once the opening has succeeded, or has failed and left nothing behind. */
  #opened: Promise<void> = Promise.resolve()
  #isClosed = false

  /** With a `screen` that window holds it, and `open` follows; without one it has ended, as after a restart of Culvert. */
  constructor(options: RunningTerminalOptions, screen: TerminalScreen | undefined) {
    this.#options = options
    this.#holding = new Holding(screen?.size ?? USUAL_SIZE, screen?.windowId, options.now)
    this.#state =
      screen === undefined
        ? { kind: 'ended', at: options.now(), text: 'Culvert was restarted.' }
        : { kind: 'connecting' }
    this.#view = this.#makeView()
  }

  /** Another object after each change. */
  get view(): TerminalView {
    return this.#view
  }

  /** Opens its first session; its state tells what becomes of that. */
  open(): void {
    this.#opened = this.#open()
  }

  /** Opens a new session where the one before has ended; does nothing otherwise. */
  restart({ windowId, size }: TerminalScreen): void {
    if (this.#state.kind !== 'ended') return
    void this.#end()
    this.#shell = undefined
    this.#opening = new AbortController()
    if (this.#scrollback.endOffset > 0) this.#say(Buffer.from(NEW_SESSION))
    this.#holding.close(this.#scrollback.endOffset)
    this.#holding.heldBy = windowId
    this.#holding.size = size
    this.#state = { kind: 'connecting' }
    this.#show()
    this.open()
  }

  /** Cuts a wait short. */
  retry(): void {
    this.#shell?.wake()
  }

  /** Sends typed text. */
  async write(text: string): Promise<void> {
    await this.#shell?.write(Buffer.from(text, 'utf8'))
  }

  /** Output from `fromOffset` on, as far as it is kept. */
  replay(fromOffset: number): {
    readonly startOffset: number
    readonly bytes: Buffer
    readonly answeredOffset: number
  } {
    return { ...this.#scrollback.read(fromOffset), answeredOffset: this.#holding.answeredOffset }
  }

  /** Makes the window the one that holds the terminal. */
  hold({ windowId, size }: TerminalScreen): { readonly answeredOffset: number } {
    if (this.#holding.heldBy !== windowId) {
      this.#holding.heldBy = windowId
      this.#show()
    }
    this.#setSize(size)
    return { answeredOffset: this.#holding.answeredOffset }
  }

  /** Ignored while another window holds it. */
  resize({ windowId, size }: TerminalScreen): void {
    const { heldBy = windowId } = this.#holding
    if (heldBy === windowId) this.#setSize(size)
  }

  /** Sends what a window's screen answers, where that is due; see `Holding`. */
  async answer(windowId: string, { offset, text }: { offset: number; text: string }): Promise<void> {
    if (this.#holding.takesAnswer(windowId, offset)) await this.write(text)
  }

  /** The window is gone. */
  release(windowId: string): void {
    if (this.#holding.heldBy !== windowId) return
    this.#holding.heldBy = undefined
    this.#show()
  }

  /** Tells how long its session may still live, where that has changed. */
  sample(): void {
    if (this.#state.kind !== 'open' || this.#shell === undefined) return
    const { timeLeft } = this.#shell
    if (!isSameTimeLeft(this.#state, timeLeft)) this.#setState({ kind: 'open', ...timeLeft })
  }

  /** Ends its session; resolves once that has ended. The end of one that is still being opened is not waited for. */
  async close(): Promise<void> {
    this.#isClosed = true
    const isOpening = this.#shell === undefined
    const ended = this.#end()
    if (!isOpening) await ended
  }

  /** Resolves once nothing of its opening or its session is left. Never rejects. */
  #end(): Promise<void> {
    const [opened, shell] = [this.#opened, this.#shell]
    this.#opening.abort(new AppError('session-ended', 'The terminal was closed.'))
    return this.#options.ends.add(opened.then(() => shell?.[Symbol.asyncDispose]()))
  }

  /** Never rejects: a failure is the state. */
  async #open(): Promise<void> {
    const { place } = this.#options
    const { signal } = this.#opening
    let life: AbortSignal | undefined
    try {
      const environment = await place.environment()
      signal.throwIfAborted()
      life = environment.life
      this.#endWith(life)
      life.throwIfAborted()
      const shell = await environment.openShell({
        target: place.instance.id,
        size: this.#holding.size,
        signal,
        onResuming: (progress) => {
          if (!signal.aborted) this.#setState(progress === undefined ? { kind: 'open' } : reconnecting(progress))
        },
      })
      if (signal.aborted) {
        await shell[Symbol.asyncDispose]()
        return
      }
      this.#shell = shell
      // The window may have another size by now.
      shell.resize(this.#holding.size)
      this.#setState({ kind: 'open' })
      this.#follow(shell)
    } catch (error) {
      if (!signal.aborted) this.#ended('', life?.aborted === true ? asError(life.reason) : error)
    }
  }

  /** Its session is gone with its environment. */
  #endWith(life: AbortSignal): void {
    const end = (): void => {
      this.#ended('', life.reason)
      void this.#end()
    }
    life.addEventListener('abort', end, { once: true })
    this.#opening.signal.addEventListener('abort', () => life.removeEventListener('abort', end), { once: true })
  }

  #follow(shell: Shell): void {
    batchOutput(shell.output, (bytes) => this.#say(bytes))
    const ended = (text: string, error?: unknown): void => {
      // It may be another shell's by now.
      if (this.#shell === shell) this.#ended(text, error)
    }
    shell.ended.then(
      ({ text }) => ended(text),
      (error: unknown) => ended('', error),
    )
  }

  #say(bytes: Buffer): void {
    const offset = this.#scrollback.endOffset
    this.#scrollback.append(bytes)
    this.#holding.said(this.#scrollback.endOffset)
    this.#options.output(offset, bytes)
  }

  #setSize(size: TerminalSize): void {
    this.#shell?.resize(size)
    const { cols, rows } = this.#holding.size
    if (cols === size.cols && rows === size.rows) return
    this.#holding.size = size
    this.#show()
  }

  #setState(state: TerminalView['state']): void {
    if (this.#state.kind === 'ended' || this.#isClosed) return
    this.#state = state
    this.#show()
  }

  /** Its session has ended for good; told once. */
  #ended(said: string, error?: unknown): void {
    if (this.#state.kind === 'ended' || this.#isClosed) return
    const { instance } = this.#options.place
    const { state, line } = endingOf(this.#options.now(), said, error)
    this.#setState(state)
    const name = instance.name === '' ? instance.id : instance.name
    this.#options.journal.add({ subject: { kind: 'terminal', id: this.id, name }, ...line })
  }

  #show(): void {
    this.#view = this.#makeView()
    this.#options.changed()
  }

  #makeView(): TerminalView {
    const { instance, ref, environmentName } = this.#options.place
    const { size, heldBy } = this.#holding
    return {
      id: this.id,
      instance,
      environment: ref,
      environmentName,
      state: this.#state,
      size,
      ...(heldBy === undefined ? {} : { heldBy }),
    }
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
