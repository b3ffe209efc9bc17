// One SSM session: starts it, opens its channel, resumes it when a socket is lost, terminates it.
//
//   opening -> open <-> resuming -> closed
//
// Owns the channel and the session at the service: however it ends, disposing calls TerminateSession and awaits it. ResumeSession replaces
// a lost socket, with credentials that are resolved anew at each attempt; the channel keeps sequence numbers and unacknowledged messages.
// recovery.ts decides when the next attempt is made, aheadloop.ts when an open session is resumed. Source: specification §8.6, §10.5.

import { deferred, type Deferred } from '../../../shared/deferred'
import type { Diagnose } from '../../../shared/diagnostics'
import { AppError, asAppError, asError } from '../../../shared/errors'
import type { Forecast } from '../../../shared/model/forecast'
import type { SessionTicket } from '../../../shared/session'
import { Channel } from '../../ssm/channel/channel'
import type { ChannelCounters } from '../../ssm/channel/handlers'
import { monotonicNow } from '../../ssm/channel/clock'
import { Flag, PayloadType } from '../../ssm/codec/message'
import { formatFlag } from '../../ssm/codec/payloads'
import type { ProbeResult } from '../../ssm/channel/probe'
import { AheadLoop } from './resume/aheadloop'
import { endedCause } from './causes'
import { ForecastWatch, forecastOf } from './forecast'
import { Lifetime } from './lifetime'
import { endOrOwe } from './owedend'
import { observerOf } from './observer'
import { SessionNotes } from './notes'
import { Recovery } from './resume/recovery'
import { Redial } from './resume/redial'
import type { SessionEnd, SessionHandlers, SessionOptions, SessionService } from './parts'
import type { Wakeable } from './wakeable'
import type { Timing } from './timing'

// How long the end of a session may take at each of its two steps (§8.6).
const FLAG_WAIT_MS = 2_000
const TERMINATE_WAIT_MS = 2_500
// StartSession answers within two seconds. Its retries on throttling take longer.
const START_WAIT_MS = 30_000
// How often the forecast and the need to resume ahead are looked at: every 3 s.
const LOOKS_PER_MINUTE = 20

/**
 * Starts a session and resolves when it is ready for data. Rejects with the control plane's codes, `stream-url-refused`,
 * `upgrade-refused`, `network`, `timeout`, `protocol`, `encryption-unsupported`, `encryption-failed`, `key-denied`,
 * `session-ended`. When it rejects, nothing is left open.
 */
export async function startSession(options: SessionOptions): Promise<Session> {
  const { service, request, signal } = options
  signal.throwIfAborted()
  // The signal does not abort this call: the service may have started the session already, and it would stay Active.
  const ticket = await service.startSession(request, AbortSignal.timeout(START_WAIT_MS))
  const session = new Session(options, ticket.sessionId)
  options.wakeables.add(session)
  try {
    signal.throwIfAborted()
    await session.open(ticket)
    session.tellReached()
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

/** A running session. Disposing ends it at the service too. */
export class Session implements AsyncDisposable, Wakeable {
  readonly sessionId: string
  readonly #service: SessionService
  readonly #diagnose: Diagnose | undefined
  readonly #handlers: SessionHandlers
  readonly #signal: AbortSignal
  readonly #wakeables: Set<Wakeable>
  readonly #timing: Timing
  readonly #recovery: Recovery
  readonly #life = new AbortController()
  readonly #channel: Channel
  readonly #lifetime: Lifetime
  readonly #redial: Redial
  readonly #ahead: AheadLoop
  readonly #notes: SessionNotes
  /** When the socket was lost; undefined while there is one. */
  #lostSince: { readonly at: number; readonly monotonicMs: number } | undefined
  #isReady = false
  #isEnded = false
  #disposed: Deferred<void> | undefined
  readonly #opened = deferred()
  /** The outcome of the attempt under way: undefined for success, else why it failed. */
  #attempted: Deferred<AppError | undefined> | undefined
  #looking: NodeJS.Timeout | undefined

  /** Use `startSession`. */
  constructor(options: SessionOptions, sessionId: string) {
    this.sessionId = sessionId
    this.#service = options.service
    this.#diagnose = options.service.diagnose
    // The session may end before `open` awaits this promise: no unhandled rejection.
    this.#opened.promise.catch(() => undefined)
    this.#handlers = options.handlers
    this.#signal = options.signal
    this.#wakeables = options.wakeables
    this.#timing = options.timing
    this.#lifetime = new Lifetime(Date.now(), options.timing.minuteMs)
    this.#notes = new SessionNotes(options, sessionId, () => this.#channel.counters.lastUsedAt)
    this.#redial = new Redial({ ...options, sessionId, attemptMs: options.timing.attemptMs })
    this.#recovery = new Recovery({
      timing: options.timing,
      signal: this.#life.signal,
      tell: (progress) => this.#handlers.resuming(progress),
      attempt: () => this.#attempt(),
    })
    this.#channel = new Channel({
      heartbeat: options.timing.heartbeat,
      ...(options.readyAfterQuietMs === undefined ? {} : { readyAfterQuietMs: options.readyAfterQuietMs }),
      ...(options.firstAnswerMs === undefined ? {} : { firstAnswerMs: options.firstAnswerMs }),
      encryption: {
        sessionId,
        targetId: options.request.target,
        requestDataKey: (request, signal) => this.#service.generateDataKey(request, signal),
      },
      ...(this.#diagnose === undefined ? {} : { observer: observerOf(this.#diagnose, sessionId) }),
      handlers: {
        ready: (ready, channel) => {
          this.#isReady = true
          this.#notes.active()
          const receiver = this.#handlers.ready(ready, channel)
          this.#opened.resolve()
          this.#lookAhead()
          void this.#learnLimits()
          return receiver
        },
        lost: (cause) => this.#onLost(cause),
        resumed: () => this.#onResumed(),
        closed: (text) => this.#end('service', text, endedCause(text, this.#lifetime.limits)),
        failed: (error) => this.#end('failure', '', error),
      },
    })
    this.#ahead = new AheadLoop({
      timing: options.timing,
      channel: this.#channel,
      redial: this.#redial,
      outlook: () => options.service.keysOutlook(),
      isDenied: () => options.permission.isDenied,
      use: () => this.#lifetime.use(this.#channel.counters.lastUsedAt),
      diagnose: (outcome) => this.#diagnose?.({ kind: 'resume-ahead', sessionId, outcome }),
    })
  }

  /** Dials and waits until the channel is ready. Called once, by `startSession`. */
  async open(ticket: SessionTicket): Promise<void> {
    const abort = (): void => this.#opened.reject(asError(this.#signal.reason))
    this.#signal.addEventListener('abort', abort, { once: true })
    try {
      this.#channel.attach(await this.#redial.first(ticket, this.#signal), ticket.tokenValue)
      this.#ahead.socketOpened()
      await this.#opened.promise
    } finally {
      this.#signal.removeEventListener('abort', abort)
    }
  }

  wake(): void {
    this.#recovery.cut()
    this.#redial.wake()
    this.#channel.wake()
  }

  reached(): void {
    this.#recovery.reached()
    this.#ahead.reached()
  }

  /** Tells all other sessions that the service can be reached and the login works. */
  tellReached(): void {
    for (const other of this.#wakeables) if (other !== this) other.reached()
  }

  /** See `Channel`. */
  probe(timeoutMs: number): Promise<ProbeResult> {
    return this.#channel.probe(timeoutMs)
  }

  /** Counts since the session began. */
  get counters(): ChannelCounters {
    return this.#channel.counters
  }

  /** How long the session is expected to live. */
  get forecast(): Forecast {
    const nowAt = Date.now()
    const limits = this.#lifetime.timeLeft(this.#channel.counters.lastStreamAt, nowAt)
    return forecastOf({ nowAt, limits, ...this.#ahead.facts })
  }

  /**
   * Ends the session in order. With `byFlag`, Flag 2 is sent behind what was written, and its acknowledgement is awaited for 2 s.
   * Then the socket is closed with 1000 and TerminateSession is called. Never rejects. Idempotent.
   */
  terminate(options: { readonly byFlag: boolean }): Promise<void> {
    if (this.#disposed !== undefined) return this.#disposed.promise
    // Set before anything else: a handler that is called below may call `terminate` again.
    this.#disposed = deferred()
    this.#disposed.resolve(this.#terminate(options.byFlag))
    return this.#disposed.promise
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate({ byFlag: false })
  }

  async #terminate(byFlag: boolean): Promise<void> {
    this.#notes.canceling()
    if (byFlag && !this.#isEnded && this.#lostSince === undefined) {
      this.#channel.send(PayloadType.flag, formatFlag(Flag.terminateSession))
      await this.#channel.drained(FLAG_WAIT_MS)
    }
    const ended = new AppError('session-ended', 'The session was ended.')
    this.#life.abort(ended)
    this.#ahead.socketLost(ended)
    this.#channel.close()
    this.#end('owner', '', ended)
    // Also after channel_closed: only TerminateSession ends a shell session (D24); for the others it costs one call.
    const end = (signal: AbortSignal): Promise<void> => this.#service.terminateSession(this.sessionId, signal)
    await endOrOwe(end, TERMINATE_WAIT_MS, this.#wakeables)
  }

  /** Asks for the account's limits. Never rejects: without limits there is no forecast. */
  async #learnLimits(): Promise<void> {
    const limits = await this.#service.preferences(this.#life.signal).catch(() => undefined)
    if (limits !== undefined) this.#lifetime.learn(limits)
  }

  /** Begins to look whether the session has to be resumed ahead and whether its forecast has changed. */
  #lookAhead(): void {
    const watch = new ForecastWatch(
      () => this.forecast,
      (forecast) => this.#handlers.forecast?.(forecast),
    )
    this.#looking = setInterval(() => {
      this.#ahead.look()
      this.#notes.use()
      if (this.#lostSince === undefined) watch.look()
    }, this.#timing.minuteMs / LOOKS_PER_MINUTE)
  }

  #onLost(cause: AppError): void {
    this.#ahead.socketLost(cause)
    // The attempt under way has lost its socket again.
    this.#attempted?.resolve(cause)
    if (this.#lostSince !== undefined || this.#life.signal.aborted) return
    this.#lostSince = { at: Date.now(), monotonicMs: monotonicNow() }
    this.#notes.resuming()
    void this.#recover(cause)
  }

  #onResumed(): void {
    if (this.#lostSince === undefined) return
    const { at, monotonicMs } = this.#lostSince
    // The wall clock counts sleep, and the monotonic clock does not go back when the wall clock is set back. The larger span counts.
    const pausedMs = Math.max(Date.now() - at, Math.round(monotonicNow() - monotonicMs))
    this.#lostSince = undefined
    const attempts = this.#recovery.proven()
    this.#attempted?.resolve(undefined)
    this.#diagnose?.({ kind: 'resume', sessionId: this.sessionId, pausedMs, attempts })
    this.#notes.active()
    this.#handlers.resumed(pausedMs)
    this.tellReached()
  }

  /** Never rejects. */
  async #recover(lossCause: AppError): Promise<void> {
    // A session that is still being opened is given up sooner, because its caller waits for it.
    const deadlineMs = this.#isReady ? this.#timing.resumeDeadlineMs : this.#timing.attemptMs
    const failure = await this.#recovery.run(lossCause, deadlineMs)
    if (failure !== undefined && !this.#life.signal.aborted) this.#channel.fail(failure)
  }

  /** Makes one attempt, up to the first frame of the agent. Resolves undefined on success, else with why it failed. */
  async #attempt(): Promise<AppError | undefined> {
    const outcome = deferred<AppError | undefined>()
    this.#attempted = outcome
    try {
      const { wire, tokenValue } = await this.#redial.again(this.#life.signal)
      this.#channel.attach(wire, tokenValue)
      this.#ahead.socketOpened()
      return await outcome.promise
    } catch (error) {
      return asAppError(error)
    }
  }

  #end(by: SessionEnd['by'], text: string, cause: AppError): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#notes.ended(by)
    clearInterval(this.#looking)
    this.#attempted?.resolve(undefined)
    this.#wakeables.delete(this)
    this.#opened.reject(cause)
    this.#handlers.ended({ by, text, cause })
  }
}
