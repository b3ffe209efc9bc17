// One SSM session: start, open the channel, on a lost socket resume with fresh credentials, terminate.
//
//   opening -> open <-> resuming -> closed
//
// Owns the channel and the session at the service: whatever way it ends, TerminateSession is called and awaited in
// `dispose`. A lost socket is resumed once, at once; the policy of many attempts will live in retry.ts.
// Source: specification §8.6, §10.5.

import type { Agent } from 'node:http'
import { AppError, asError } from '../../shared/errors'
import type { SessionTicket, StartSessionRequest } from '../../shared/ticket'
import { Channel } from '../ssm/channel'
import type { ChannelReady } from '../ssm/channelhandlers'
import { Flag, PayloadType } from '../ssm/message'
import { formatFlag } from '../ssm/payloads'
import { dial } from '../ssm/socket'
import { checkStreamUrl } from '../ssm/streamurl'
import type { Wire } from '../ssm/wire'

// How long the end of a session may take at each of its two steps (§8.6).
const FLAG_WAIT_MS = 2_000
const TERMINATE_WAIT_MS = 3_000
// StartSession answers within a second or two; its retries on throttling take longer.
const START_WAIT_MS = 30_000

/** What a session needs of the world, given by the composition root. Credentials are resolved inside, at each call. */
export interface SessionService {
  readonly region: string
  readonly endpointUrl: string | undefined
  startSession(request: StartSessionRequest, signal: AbortSignal): Promise<SessionTicket>
  resumeSession(sessionId: string, signal: AbortSignal): Promise<SessionTicket>
  terminateSession(sessionId: string, signal: AbortSignal): Promise<void>
  /** Headers that sign the upgrade, or undefined where it should go unsigned. */
  signUpgrade(streamUrl: string, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined>
  agentFor(url: string): Agent | undefined
}

/** What a session tells its owner. Called in order; none may throw. */
export interface SessionHandlers {
  /** Once, before any data: make of the channel what the session is for. */
  ready(ready: ChannelReady, channel: Channel): void
  data(payloadType: number, payload: Buffer): void
  /** The socket is lost; a resume is under way. */
  resuming(cause: AppError): void
  /** A new socket has proven itself. */
  resumed(pausedMs: number): void
  /** The session is over: `text` is the service's word; `error` is set where it failed rather than ended. Once, last. */
  ended(text: string, error: AppError | undefined): void
}

/** How to start a session. */
export interface SessionOptions {
  readonly service: SessionService
  readonly request: StartSessionRequest
  readonly handlers: SessionHandlers
  /** See `ChannelOptions`. */
  readonly readyAfterQuietMs?: number
  /** Aborts the start. Has no effect once the session is ready. */
  readonly signal: AbortSignal
}

/**
 * Starts a session and resolves when it is ready for data. Rejects with the control plane's codes, `stream-url-refused`,
 * `upgrade-refused`, `network`, `timeout`, `protocol`, `encryption-unsupported`, `session-ended`; by then nothing is left open.
 */
export async function startSession(options: SessionOptions): Promise<Session> {
  const { service, request, signal } = options
  signal.throwIfAborted()
  // Not aborted half-way: a session whose answer nobody reads would stay Active.
  const ticket = await service.startSession(request, AbortSignal.timeout(START_WAIT_MS))
  const session = new Session(options, ticket.sessionId)
  try {
    signal.throwIfAborted()
    await session.open(ticket)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

/** A running session. Dispose it: that ends it at the service too. */
export class Session implements AsyncDisposable {
  readonly sessionId: string
  readonly #service: SessionService
  readonly #handlers: SessionHandlers
  readonly #signal: AbortSignal
  readonly #life = new AbortController()
  readonly #channel: Channel
  #lostAt: number | undefined
  #isEnded = false
  #disposed: Promise<void> | undefined
  #becomeReady: () => void = () => undefined
  #failToOpen: (error: Error) => void = () => undefined

  /** Use `startSession`. */
  constructor(options: SessionOptions, sessionId: string) {
    this.sessionId = sessionId
    this.#service = options.service
    this.#handlers = options.handlers
    this.#signal = options.signal
    this.#channel = new Channel({
      ...(options.readyAfterQuietMs === undefined ? {} : { readyAfterQuietMs: options.readyAfterQuietMs }),
      handlers: {
        ready: (ready) => {
          this.#handlers.ready(ready, this.#channel)
          this.#becomeReady()
        },
        data: (payloadType, payload) => this.#handlers.data(payloadType, payload),
        lost: (cause) => this.#onLost(cause),
        resumed: () => this.#onResumed(),
        closed: (text) => this.#end(text, undefined),
        failed: (error) => this.#end('', error),
      },
    })
  }

  /** Dials and waits until the channel is ready. Called once, by `startSession`. */
  async open(ticket: SessionTicket): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      this.#becomeReady = resolve
      this.#failToOpen = reject
    })
    // The dial may fail first; then nobody waits for this.
    ready.catch(() => undefined)
    const abort = (): void => this.#failToOpen(asError(this.#signal.reason))
    this.#signal.addEventListener('abort', abort, { once: true })
    try {
      this.#channel.attach(await this.#dial(ticket, this.#signal), ticket.tokenValue)
      await ready
    } finally {
      this.#signal.removeEventListener('abort', abort)
    }
  }

  /**
   * Ends the session in order: what was written is drained, Flag 2 sent where `byFlag` and awaited for 2 s, the socket
   * closed with 1000, TerminateSession called. Never rejects; idempotent.
   */
  terminate(options: { readonly byFlag: boolean }): Promise<void> {
    this.#disposed ??= this.#terminate(options.byFlag)
    return this.#disposed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate({ byFlag: false })
  }

  async #terminate(byFlag: boolean): Promise<void> {
    if (byFlag && !this.#isEnded && this.#lostAt === undefined) {
      this.#channel.send(PayloadType.flag, formatFlag(Flag.terminateSession))
      await this.#channel.drained(FLAG_WAIT_MS)
    }
    this.#life.abort(new AppError('session-ended', 'The session was ended.'))
    this.#channel.close()
    this.#end('', undefined)
    // Also after channel_closed: a safety net that costs one call, and the only end of a shell session (D24).
    await this.#service
      .terminateSession(this.sessionId, AbortSignal.timeout(TERMINATE_WAIT_MS))
      .catch(() => undefined /* the session is gone, or the service's idle timeout ends it */)
  }

  async #dial(ticket: SessionTicket, signal: AbortSignal): Promise<Wire> {
    const service = this.#service
    checkStreamUrl(ticket.streamUrl, service)
    const agent = service.agentFor(ticket.streamUrl)
    const headers = await service.signUpgrade(ticket.streamUrl, signal)
    try {
      return await dial({ url: ticket.streamUrl, headers: headers ?? {}, agent, signal })
    } catch (error) {
      // Signing makes IAM ask for one permission more than the token needs: once more without (§2).
      if (headers === undefined || !(error instanceof AppError) || error.code !== 'upgrade-refused') throw error
      return await dial({ url: ticket.streamUrl, headers: {}, agent, signal })
    }
  }

  #onLost(cause: AppError): void {
    if (this.#lostAt === undefined) {
      this.#lostAt = Date.now()
      this.#handlers.resuming(cause)
    }
    void this.#resume().catch((error: unknown) => {
      // Disposal is no failure of the resume.
      if (this.#life.signal.aborted) return
      this.#channel.fail(error instanceof AppError ? error : new AppError('internal', asError(error).message))
    })
  }

  async #resume(): Promise<void> {
    const { signal } = this.#life
    const ticket = await this.#service.resumeSession(this.sessionId, signal)
    // The returned URL, not the first one: the service may have moved the session (D9).
    this.#channel.attach(await this.#dial(ticket, signal), ticket.tokenValue)
  }

  #onResumed(): void {
    if (this.#lostAt === undefined) return
    const pausedMs = Date.now() - this.#lostAt
    this.#lostAt = undefined
    this.#handlers.resumed(pausedMs)
  }

  #end(text: string, error: AppError | undefined): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#failToOpen(error ?? endedError(text))
    this.#handlers.ended(text, error)
  }
}

/** The error of something that a session carried when the service ended it with `text`. */
export function endedError(text: string): AppError {
  const said = text.replace(/-{4,}ERROR-{4,}/, '').trim()
  if (/is forbidden/.test(said)) {
    return new AppError('destination-forbidden', `The agent refuses this destination: ${said}`)
  }
  if (/Unable to connect to specified port/.test(said)) {
    return new AppError('destination-refused', `The instance could not connect to the destination: ${said}`)
  }
  return new AppError(
    'session-ended',
    said === '' ? 'The session was ended on the other side.' : `The session was ended on the other side: ${said}`,
  )
}
