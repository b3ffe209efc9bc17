// An interactive shell or a command: a session whose output is for people or pipes, not for connections.
//
// Owns the session. Output is always acknowledged. Output that the reader does not take is held on the budget; a reader that stalls
// beyond it ends the session with `reader-stalled`.
// Source: specification §7.

import type { Readable } from 'node:stream'
import { deferred } from '../../../shared/deferred'
import type { ExecRequest } from '../../../shared/ecscalls'
import type { AppError } from '../../../shared/errors'
import type { DocumentChoice } from '../../../shared/model/document'
import type { Forecast } from '../../../shared/model/forecast'
import type { Instance } from '../../../shared/model/instance'
import type { TerminalSize } from '../../../shared/model/terminal'
import type { ChannelReceiver, ReadyChannel } from '../../ssm/channel/handlers'
import { HeldOutput } from '../../ssm/port/held'
import { PayloadType } from '../../ssm/codec/message'
import { formatSize } from '../../ssm/codec/payloads'
import { requestFor } from './request/documents'
import { execRequestFor } from './request/exec'
import { startSession, type Session } from './session'
import type { OpenOptions, ResumeProgress, SessionEnd } from './parts'

// A session whose program prints nothing is ready after this much quiet (§5.1).
const SILENT_PROGRAM_MS = 10_000
/** A Windows instance that has just started takes that long until its shell prints a prompt. */
export const WINDOWS_FIRST_OUTPUT_MS = 90_000
const SHELL_DOCUMENT = 'SSM-SessionManagerRunShell'
const NON_INTERACTIVE_DOCUMENT = 'AWS-StartNonInteractiveCommand'
/** The size of a shell that no terminal watches. */
const UNSEEN: TerminalSize = { cols: 300, rows: 100 }
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = Buffer.from([0x0d])

/** What to open. `document` absent: the environment's for shells, or the account's shell. */
export interface ShellOptions extends OpenOptions {
  readonly document?: DocumentChoice
  /** The session executes a command in a container, which `target` is; it takes no document. Absent: as the document says. */
  readonly exec?: ExecRequest
  /** Decides how long the first output may take. Absent: as for Linux. */
  readonly platform?: Instance['platform'] | undefined
  /** Sent as the first message. Absent where no terminal watches. */
  readonly size?: TerminalSize
  /** Told how a lost connection is being renewed; undefined once it is back. */
  readonly onResuming?: (progress: ResumeProgress | undefined) => void
  /** Called at each change of the forecast. */
  readonly onForecast?: (forecast: Forecast) => void
}

/** How a shell ended. `text` is the reason as a sentence, "" where its program ended. Only some documents send an exit code. */
interface ShellEnd {
  readonly text: string
  readonly exitCode: number | undefined
}

/** An open shell. Disposing terminates its session. */
export interface Shell extends AsyncDisposable {
  readonly sessionId: string
  /** Bytes of standard output; ends behind the last byte when the session has ended. */
  readonly output: Readable
  /** Bytes of standard error, from documents that separate it. */
  readonly stderr: Readable
  /** Rejects with the `AppError` that broke the session. */
  readonly ended: Promise<ShellEnd>
  /** Sends typed or piped bytes; resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>
  /** See `Wakeable`. */
  wake(): void
  /** How long its session is expected to live. */
  readonly forecast: Forecast
  /** Sends the size unless it is the one sent last. */
  resize(size: TerminalSize): void
  /**
   * Whether the agent has said anything, or acknowledges a message within this time: a session may be open without its agent. Absent: it
   * has answered.
   */
  answers?(withinMs: number): Promise<boolean>
}

/** Opens a shell or command session and resolves when it takes input. Rejects with any code of `requestFor` and `startSession`. */
export async function openShell(options: ShellOptions): Promise<Shell> {
  const shell = new RunningShell(options)
  await shell.open()
  return shell
}

class RunningShell implements Shell, ChannelReceiver {
  readonly output: HeldOutput
  readonly stderr: HeldOutput
  readonly #options: ShellOptions
  readonly #end = deferred<ShellEnd>()
  #channel: ReadyChannel | undefined
  #session: Session | undefined
  #isInteractive = false
  #isEnded = false
  #bytesUp = 0
  #bytesDown = 0
  #exitCode: number | undefined
  #sentSize = ''

  constructor(options: ShellOptions) {
    this.#options = options
    const onStalled = (error: AppError): void => this.#channel?.fail(error)
    this.output = new HeldOutput(options.budget, onStalled)
    this.stderr = new HeldOutput(options.budget, onStalled)
    // An unhandled rejection would end the process. Callers may ignore how the shell ended.
    this.#end.promise.catch(() => undefined)
  }

  get ended(): Promise<ShellEnd> {
    return this.#end.promise
  }

  get sessionId(): string {
    return this.#session?.sessionId ?? ''
  }

  async open(): Promise<void> {
    const { service, wakeables, permission, timing, signal, size, platform, onForecast, exec } = this.#options
    const request = await (exec === undefined
      ? requestFor({ ...this.#options, use: 'shell' })
      : execRequestFor({ ...this.#options, exec }))
    const { document } = request
    const type = document === NON_INTERACTIVE_DOCUMENT ? 'command' : 'shell'
    const isOfPerson = document !== undefined && document !== SHELL_DOCUMENT && document !== NON_INTERACTIVE_DOCUMENT
    const mayBeSilent = isOfPerson || exec !== undefined
    this.#session = await startSession({
      service,
      wakeables,
      permission,
      timing,
      signal,
      request: { ...request, about: { type, ...this.#options.about } },
      ...(mayBeSilent ? { readyAfterQuietMs: SILENT_PROGRAM_MS } : {}),
      ...(platform === 'windows' ? { firstAnswerMs: WINDOWS_FIRST_OUTPUT_MS } : {}),
      handlers: {
        ready: (ready, channel) => {
          this.#channel = channel
          this.#isInteractive = ready.sessionType !== 'NonInteractiveCommands'
          if (size !== undefined) this.resize(size)
          return this
        },
        resuming: (progress) => this.#options.onResuming?.(progress),
        resumed: () => this.#options.onResuming?.(undefined),
        ...(onForecast === undefined ? {} : { forecast: onForecast }),
        facts: () => ({ bytesUp: this.#bytesUp, bytesDown: this.#bytesDown }),
        ended: (end) => this.#onEnded(end),
      },
    })
    // The session may have ended in the same read that made it ready.
    if (this.#isEnded) this.#terminate()
  }

  write(bytes: Uint8Array): Promise<void> {
    const channel = this.#channel
    if (channel === undefined) return Promise.resolve()
    // A lone line feed in a terminal is the Enter key. Pasted and piped bytes are not changed (D1).
    this.#bytesUp += bytes.length
    const isEnter = this.#isInteractive && bytes.length === 1 && bytes[0] === LINE_FEED
    return new Promise((resolve) => channel.write(isEnter ? CARRIAGE_RETURN : Buffer.from(bytes), resolve))
  }

  wake(): void {
    this.#session?.wake()
  }

  get forecast(): Forecast {
    return this.#session?.forecast ?? {}
  }

  resize(size: TerminalSize): void {
    const payload = formatSize(size)
    const text = payload.toString()
    if (text === this.#sentSize || this.#channel?.send(PayloadType.size, payload) !== true) return
    this.#sentSize = text
  }

  async answers(withinMs: number): Promise<boolean> {
    if (this.#bytesDown > 0 || this.#isEnded) return true
    this.resize(this.#options.size ?? UNSEEN)
    const channel = this.#channel
    const heard = (await channel?.drained(withinMs)) === true
    return heard || this.#bytesDown > 0 || this.#isEnded
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.terminate({ byFlag: false })
  }

  receive(payloadType: number, payload: Buffer): void {
    switch (payloadType) {
      case PayloadType.output:
        this.#bytesDown += payload.length
        this.output.receive(payload)
        break
      case PayloadType.stdErr:
        this.#bytesDown += payload.length
        this.stderr.receive(payload)
        break
      case PayloadType.exitCode: {
        const code = /^EXIT_CODE: (-?\d+)/.exec(payload.toString('latin1'))?.[1]
        if (code !== undefined) this.#exitCode = Number(code)
        break
      }
      default:
      // A shell has no use for flags.
    }
  }

  #onEnded({ by, text, cause }: SessionEnd): void {
    this.output.remoteEnded()
    this.stderr.remoteEnded()
    if (by === 'failure') this.#end.reject(cause)
    else this.#end.resolve({ text: text.trim() === '' ? '' : cause.message, exitCode: this.#exitCode })
    this.#isEnded = true
    this.#terminate()
  }

  /** Ends the session at the service, however it ended here: it must not stay Active. Never rejects. */
  #terminate(): void {
    void this.#session?.terminate({ byFlag: false })
  }
}
