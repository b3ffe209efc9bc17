// One terminal: its view, its newest output, and one shell after the other in it.
//
//   connecting -> open <-> reconnecting -> ended -> connecting (a person has asked for a new session)
//
// The text stays after the end of its session, until a person closes the terminal. Owns the shell and the opening of it; their ends
// are added to `ends`. After `close` the view does not change any more. holding.ts decides which window holds the terminal,
// scrollback.ts keeps its newest output.

import { randomUUID } from 'node:crypto'
import { AppError, asError } from '../../../shared/errors'
import type { TerminalSize, TerminalView } from '../../../shared/model/terminal'
import type { Forecast } from '../../../shared/model/forecast'
import { isSameForecast, soonest } from '../sessions/forecast'
import type { ResumeProgress } from '../sessions/parts'
import type { Shell } from '../sessions/shell'
import { Allowance } from './allowance'
import { batchOutput } from './batch'
import { TerminalCapture } from './capturing'
import { chooseHost, openAt, targetOf } from './choosing'
import { Holding } from './holding'
import type { EphemeralTerminal, RunningTerminalOptions, TerminalScreen } from './parts'
import { Scrollback } from './scrollback'
import { endingOf, NEW_SESSION, reconnecting, restarted } from './states'

// The size of a terminal that no window has sized yet.
const USUAL_SIZE: TerminalSize = { cols: 80, rows: 24 }

/** A terminal. Call `close` at its end. */
export class RunningTerminal {
  readonly id = randomUUID()
  /** See `TerminalPlace`. */
  readonly ephemeral: EphemeralTerminal | undefined
  readonly #options: RunningTerminalOptions
  readonly #scrollback = new Scrollback()
  readonly #holding: Holding
  readonly #captured: TerminalCapture
  #state: TerminalView['state']
  #view: TerminalView
  #shell: Shell | undefined
  #opening = new AbortController()
  /** Resolves once the opening has succeeded, or has failed and left nothing open. */
  #opened: Promise<void> = Promise.resolve()
  /** The time that a saved target allows the session. */
  #allowance: Allowance | undefined
  #isClosed = false
  #instance: TerminalView['instance']

  /** With a `screen`, its window holds the terminal: call `open` next. Without one it has ended, as after a restart of Culvert. */
  constructor(options: RunningTerminalOptions, screen: TerminalScreen | undefined) {
    this.#options = options
    const { place, now, captures } = options
    const sessionId = (): string => this.#shell?.sessionId ?? ''
    this.#captured = new TerminalCapture({ captures, place, now, sessionId, changed: () => this.#show() })
    this.#instance = place.instance
    this.ephemeral = place.ephemeral
    this.#holding = new Holding(screen?.size ?? USUAL_SIZE, screen?.windowId, options.now)
    this.#state = screen === undefined ? restarted(options.now()) : { kind: 'connecting' }
    this.#view = this.#makeView()
  }

  /** The view. Each change makes a new object. */
  get view(): TerminalView {
    return this.#view
  }

  /** The session that it has now; undefined: it has none, or has ended. */
  get sessionId(): string | undefined {
    return this.#state.kind === 'ended' ? undefined : this.#shell?.sessionId
  }

  /** Opens a session. Its state tells the result. */
  open(): void {
    this.#opened = this.#open()
  }

  /** Opens a new session if the one before has ended. Otherwise does nothing. */
  restart({ windowId, size }: TerminalScreen): void {
    if (this.#state.kind !== 'ended') return
    void this.#end()
    this.#shell = undefined
    this.#allowance = undefined
    this.#opening = new AbortController()
    if (this.#scrollback.endOffset > 0) this.#say(Buffer.from(NEW_SESSION))
    this.#holding.close(this.#scrollback.endOffset)
    this.#holding.heldBy = windowId
    this.#holding.size = size
    this.#state = { kind: 'connecting' }
    this.#show()
    this.open()
  }

  /** Ends a wait: the session tries again now. */
  retry(): void {
    this.#shell?.wake()
  }

  /** Begins or ends the recording of the session. See `TerminalCapture.record`. */
  record(isOn: boolean): Promise<void> {
    return this.#captured.record(isOn)
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

  /** Sends a screen's answer to a query, unless the query is answered already; see `Holding`. */
  async answer(windowId: string, { offset, text }: { offset: number; text: string }): Promise<void> {
    if (this.#holding.takesAnswer(windowId, offset)) await this.write(text)
  }

  /** The window is gone and does not hold the terminal any more. */
  release(windowId: string): void {
    if (this.#holding.heldBy !== windowId) return
    this.#holding.heldBy = undefined
    this.#show()
  }

  /** Ends the session and resolves once it has ended. Does not wait for a session that is still being opened. */
  async close(): Promise<void> {
    this.#isClosed = true
    const isOpening = this.#shell === undefined
    const ended = this.#end()
    if (!isOpening) await ended
  }

  /** Ends the opening and the session; resolves once both have ended. Never rejects. */
  #end(): Promise<void> {
    this.#allowance?.[Symbol.dispose]()
    this.#captured.release()
    const [opened, shell] = [this.#opened, this.#shell]
    this.#opening.abort(new AppError('session-ended', 'The terminal was closed.'))
    return this.#options.ends.add(opened.then(() => shell?.[Symbol.asyncDispose]()))
  }

  /** Opens the environment and a shell in it. Never rejects: a failure becomes the state. */
  async #open(): Promise<void> {
    const [{ place }, { signal }] = [this.#options, this.#opening]
    let life: AbortSignal | undefined
    try {
      const environment = await place.environment()
      signal.throwIfAborted()
      life = environment.life
      this.#endWith(life)
      life.throwIfAborted()
      const host = await chooseHost(place, environment, signal)
      const { id, name, allowed } = host
      this.#instance = { id, name }
      if (place.set !== undefined) this.#show()
      await this.#captured.begin(environment, { instance: this.#instance, size: this.#holding.size, signal })
      const common = {
        size: this.#holding.size,
        signal,
        onResuming: (progress: ResumeProgress | undefined): void => {
          if (signal.aborted) return
          this.#captured.resuming(progress)
          if (progress === undefined) this.#setOpen()
          else this.#setState(reconnecting(progress))
        },
        onForecast: (forecast: Forecast): void => {
          const next = soonest(forecast, this.#allowance?.endsAt)
          if (this.#state.kind === 'open' && !isSameForecast(this.#state, next)) this.#setOpen()
        },
      }
      const shell = await openAt(place, host, { environment, ...common, changed: () => this.#show() })
      if (signal.aborted) {
        await Promise.all([this.#captured.end(), shell[Symbol.asyncDispose]()])
        return
      }
      this.#shell = shell
      if (allowed !== undefined) {
        const over = (error: AppError): void => this.#endFor(error)
        this.#allowance = new Allowance(allowed, { now: this.#options.now, over })
      }
      // The window may have been resized during the opening.
      shell.resize(this.#holding.size)
      this.#setOpen()
      this.#follow(shell)
    } catch (error) {
      await this.#captured.end()
      if (!signal.aborted) this.#ended('', life?.aborted === true ? asError(life.reason) : error)
    }
  }

  /** Ends the session when its environment ends. */
  #endWith(life: AbortSignal): void {
    const { signal } = this.#opening
    life.addEventListener('abort', () => this.#endFor(life.reason), { once: true, signal })
  }

  /** Ends the session for a reason of Culvert's own. */
  #endFor(reason: unknown): void {
    this.#ended('', reason)
    void this.#end()
  }

  #follow(shell: Shell): void {
    const capture = this.#captured.present
    batchOutput(shell.output, {
      say: (bytes) => this.#say(bytes),
      room: () => this.#captured.room(),
      closed: () => void this.#options.ends.add(this.#captured.end(capture)),
    })
    const ended = (text: string, error?: unknown): void => {
      // The terminal may have a new session by now.
      if (this.#shell === shell) this.#ended(text, error)
    }
    shell.ended.then(
      ({ text }) => ended(text),
      (error: unknown) => ended('', this.#captured.causeOf(error)),
    )
  }

  #say(bytes: Buffer): void {
    const offset = this.#scrollback.endOffset
    this.#scrollback.append(bytes)
    this.#holding.said(this.#scrollback.endOffset)
    this.#captured.output(bytes)
    this.#options.output(offset, bytes)
  }

  #setSize(size: TerminalSize): void {
    this.#shell?.resize(size)
    this.#captured.resize(size)
    const { cols, rows } = this.#holding.size
    if (cols === size.cols && rows === size.rows) return
    this.#holding.size = size
    this.#show()
  }

  #setOpen(): void {
    const shell = this.#shell
    if (shell === undefined) return
    const forecast = soonest(shell.forecast, this.#allowance?.endsAt)
    this.#setState({ kind: 'open', sessionId: shell.sessionId, ...forecast })
  }

  #setState(state: TerminalView['state']): void {
    if (this.#state.kind === 'ended' || this.#isClosed) return
    this.#state = state
    this.#show()
  }

  /** The session has ended. Told once. */
  #ended(said: string, error?: unknown): void {
    if (this.#state.kind === 'ended' || this.#isClosed) return
    this.#allowance?.[Symbol.dispose]()
    const { id, name } = this.#instance
    const { state, line } = endingOf(this.#options.now(), said, error)
    this.#setState(state)
    this.#options.journal.add({ subject: { kind: 'terminal', id: this.id, name: name === '' ? id : name }, ...line })
  }

  #show(): void {
    this.#view = this.#makeView()
    this.#options.changed()
  }

  #makeView(): TerminalView {
    const { set, ref, environmentName } = this.#options.place
    const { size, heldBy } = this.#holding
    return {
      id: this.id,
      instance: this.#instance,
      ...targetOf(set),
      environment: ref,
      environmentName,
      ...(this.ephemeral === undefined ? {} : { ephemeral: this.ephemeral.view }),
      state: this.#state,
      size,
      ...(heldBy === undefined ? {} : { heldBy }),
      ...this.#captured.view,
    }
  }
}
