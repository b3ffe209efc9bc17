// The terminals that are open in this process, for windows: batched output, typed input, resize.
//
// Output reaches a window in batches (at most 8 ms old, at most 64 KiB): one event per message would cost more than the
// bytes. The newest 4 MiB of each are kept for windows that come later. Owns the shells; `dispose` ends them all.

import { randomUUID } from 'node:crypto'
import { AppError, toWireError } from '../../shared/errors'
import type { TerminalView } from '../../shared/model'
import type { TerminalSize } from '../ssm/payloads'
import type { Environment } from './environment'
import { Scrollback } from './scrollback'
import type { Shell } from './shell'

const BATCH_MS = 8
const BATCH_BYTES = 65_536

/** What the terminals tell. */
export interface TerminalHandlers {
  /** A view changed, or the list did. */
  changed(): void
  /** `offset` counts the bytes before these since the terminal began. */
  output(terminalId: string, offset: number, bytes: Buffer): void
}

interface Terminal {
  view: TerminalView
  shell: Shell | undefined
  readonly scrollback: Scrollback
  readonly opening: AbortController
  /** Settled once the opening has succeeded, or has failed and left nothing behind. */
  opened: Promise<void>
}

/** The open terminals of one environment. */
export class Terminals implements AsyncDisposable {
  readonly #environment: Environment
  readonly #handlers: TerminalHandlers
  readonly #terminals = new Map<string, Terminal>()

  constructor(environment: Environment, handlers: TerminalHandlers) {
    this.#environment = environment
    this.#handlers = handlers
  }

  get views(): readonly TerminalView[] {
    return [...this.#terminals.values()].map((terminal) => terminal.view)
  }

  /** Opens a shell and resolves with the terminal's id. Rejects with any code of `startSession`; then nothing remains. */
  async open(instanceId: string, size: TerminalSize): Promise<string> {
    const id = randomUUID()
    const terminal: Terminal = {
      view: { id, instanceId, state: { kind: 'connecting' } },
      shell: undefined,
      scrollback: new Scrollback(),
      opening: new AbortController(),
      opened: Promise.resolve(),
    }
    this.#terminals.set(id, terminal)
    this.#handlers.changed()
    const opening = this.#openShell(terminal, size)
    terminal.opened = opening.catch(() => undefined)
    try {
      await opening
      return id
    } catch (error) {
      this.#terminals.delete(id)
      this.#handlers.changed()
      throw error
    }
  }

  /** Sends typed text. Throws `usage` for an unknown terminal. */
  async write(terminalId: string, text: string): Promise<void> {
    await this.#get(terminalId).shell?.write(Buffer.from(text, 'utf8'))
  }

  /** Output from `fromOffset` on, as far as it is kept. Throws `usage` for an unknown terminal. */
  replay(terminalId: string, fromOffset: number): { readonly startOffset: number; readonly bytes: Buffer } {
    return this.#get(terminalId).scrollback.read(fromOffset)
  }

  resize(terminalId: string, size: TerminalSize): void {
    this.#get(terminalId).shell?.resize(size)
  }

  /** Ends the session and forgets the terminal. */
  async close(terminalId: string): Promise<void> {
    const terminal = this.#get(terminalId)
    this.#terminals.delete(terminalId)
    this.#handlers.changed()
    terminal.opening.abort(new AppError('session-ended', 'The terminal was closed.'))
    await terminal.opened
    await terminal.shell?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#terminals.keys()].map((id) => this.close(id)))
  }

  async #openShell(terminal: Terminal, size: TerminalSize): Promise<void> {
    const { id, instanceId } = terminal.view
    terminal.shell = await this.#environment.openShell({
      target: instanceId,
      size,
      signal: terminal.opening.signal,
      onResuming: (isResuming) => this.#setState(id, { kind: isResuming ? 'reconnecting' : 'open' }),
    })
    this.#setState(id, { kind: 'open' })
    this.#forward(terminal, terminal.shell)
  }

  #get(terminalId: string): Terminal {
    const terminal = this.#terminals.get(terminalId)
    if (terminal === undefined) throw new AppError('usage', 'This terminal is closed. Open a new one.')
    return terminal
  }

  #setState(terminalId: string, state: TerminalView['state']): void {
    const terminal = this.#terminals.get(terminalId)
    if (terminal === undefined || terminal.view.state.kind === 'ended') return
    terminal.view = { ...terminal.view, state }
    this.#handlers.changed()
  }

  #forward(terminal: Terminal, shell: Shell): void {
    const terminalId = terminal.view.id
    let batch: Buffer[] = []
    let batchBytes = 0
    let timer: NodeJS.Timeout | undefined
    const flush = (): void => {
      clearTimeout(timer)
      timer = undefined
      if (batchBytes > 0) {
        const bytes = Buffer.concat(batch)
        const offset = terminal.scrollback.endOffset
        terminal.scrollback.append(bytes)
        this.#handlers.output(terminalId, offset, bytes)
      }
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
    shell.ended.then(
      ({ text }) => this.#setState(terminalId, { kind: 'ended', text: text.trim() }),
      (error: unknown) => {
        const wire = toWireError(error)
        this.#setState(terminalId, { kind: 'ended', text: wire.message, error: wire })
      },
    )
  }
}
