// One SSM session: start, open the channel, on a lost socket resume with fresh credentials, terminate.
//
//   opening -> open <-> resuming -> closed
//
// Owns the channel and the session at the service: whatever way it ends, TerminateSession is called and awaited in
// `dispose`. A lost socket is resumed at once, then again and again by time, not by count, with credentials that are
// resolved anew each time; numbers and unacknowledged messages stay (channel.ts). When is recovery.ts's: past its deadline the
// session ends with the error that kept it from being resumed. Source: specification §8.6, §10.5.

import { deferred, type Deferred } from '../../../shared/deferred'
import type { Diagnose } from '../../../shared/diagnostics'
import { AppError, asAppError, asError } from '../../../shared/errors'
import type { TimeLeft } from '../../../shared/model/forward'
import type { SessionTicket } from '../../../shared/session'
import { Channel } from '../../ssm/channel/channel'
import type { ChannelCounters, ChannelObserver } from '../../ssm/channel/handlers'
import { monotonicNow } from '../../ssm/channel/clock'
import { Flag, PayloadType } from '../../ssm/codec/message'
import { formatFlag } from '../../ssm/codec/payloads'
import type { ProbeResult } from '../../ssm/channel/probe'
import { endedCause } from './causes'
import { connect } from './connect'
import { Lifetime } from './lifetime'
import { endOrOwe } from './owedend'
import { Recovery } from './recovery'
import type { SessionEnd, SessionHandlers, SessionOptions, SessionService } from './parts'
import type { Wakeable } from './wakeable'
import type { Timing } from './timing'

// How long the end of a session may take at each of its two steps (§8.6).
const FLAG_WAIT_MS = 2_000
const TERMINATE_WAIT_MS = 2_500
// StartSession answers within a second or two; its retries on throttling take longer.
const START_WAIT_MS = 30_000
// An attempt younger than this is not begun anew by a wake.
const STALE_ATTEMPT_MS = 3_000

/**
 * Starts a session and resolves when it is ready for data. Rejects with the control plane's codes, `stream-url-refused`,
 * `upgrade-refused`, `network`, `timeout`, `protocol`, `encryption-unsupported`, `encryption-failed`, `key-denied`,
 * `session-ended`; by then nothing is left open.
 */
export async function startSession(options: SessionOptions): Promise<Session> {
  const { service, request, signal } = options
  signal.throwIfAborted()
  // Not aborted half-way: a session whose answer nobody reads would stay Active.
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

/** A running session. Dispose it: that ends it at the service too. */
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
  /** Since when there is no socket. */
  #lostSince: { readonly at: number; readonly monotonicMs: number } | undefined
  #isReady = false
  #isEnded = false
  #disposed: Deferred<void> | undefined
  readonly #opened = deferred()
  /** The resume under way: undefined once its socket is proven, else why it failed. */
  #attempted: Deferred<AppError | undefined> | undefined
  #wakeAttempt: () => void = () => undefined

  /** Use `startSession`. */
  constructor(options: SessionOptions, sessionId: string) {
    this.sessionId = sessionId
    this.#service = options.service
    this.#diagnose = options.service.diagnose
    // The session may end before `open` waits for this.
    this.#opened.promise.catch(() => undefined)
    this.#handlers = options.handlers
    this.#signal = options.signal
    this.#wakeables = options.wakeables
    this.#timing = options.timing
    this.#lifetime = new Lifetime(Date.now(), options.timing.minuteMs)
    this.#recovery = new Recovery({
      timing: options.timing,
      signal: this.#life.signal,
      tell: (progress) => this.#handlers.resuming(progress),
      attempt: () => this.#attempt(),
    })
    this.#channel = new Channel({
      heartbeat: options.timing.heartbeat,
      ...(options.readyAfterQuietMs === undefined ? {} : { readyAfterQuietMs: options.readyAfterQuietMs }),
      encryption: {
        sessionId,
        targetId: options.request.target,
        requestDataKey: (request, signal) => this.#service.generateDataKey(request, signal),
      },
      ...(this.#diagnose === undefined ? {} : { observer: observerOf(this.#diagnose, sessionId) }),
      handlers: {
        ready: (ready, channel) => {
          this.#isReady = true
          const receiver = this.#handlers.ready(ready, channel)
          this.#opened.resolve()
          void this.#learnLimits()
          return receiver
        },
        lost: (cause) => this.#onLost(cause),
        resumed: () => this.#onResumed(),
        closed: (text) => this.#end('service', text, endedCause(text, this.#lifetime.limits)),
        failed: (error) => this.#end('failure', '', error),
      },
    })
  }

  /** Dials and waits until the channel is ready. Called once, by `startSession`. */
  async open(ticket: SessionTicket): Promise<void> {
    const abort = (): void => this.#opened.reject(asError(this.#signal.reason))
    this.#signal.addEventListener('abort', abort, { once: true })
    try {
      this.#channel.attach(await connect(this.#service, ticket, this.#signal), ticket.tokenValue)
      await this.#opened.promise
    } finally {
      this.#signal.removeEventListener('abort', abort)
    }
  }

  wake(): void {
    this.#recovery.cut()
    this.#wakeAttempt()
    this.#channel.wake()
  }

  reached(): void {
    this.#recovery.reached()
  }

  /** Tells all others that the service can be reached and the login is there. */
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

  /** How long it may still live. */
  get timeLeft(): TimeLeft {
    return this.#lifetime.timeLeft(this.#channel.counters.lastStreamAt, Date.now())
  }

  /**
   * Ends the session in order: what was written is drained, Flag 2 sent where `byFlag` and awaited for 2 s, the socket
   * closed with 1000, TerminateSession called. Never rejects; idempotent.
   */
  terminate(options: { readonly byFlag: boolean }): Promise<void> {
    if (this.#disposed !== undefined) return this.#disposed.promise
    // Set first: a handler that is called on the way may terminate the session once more.
    this.#disposed = deferred()
    this.#disposed.resolve(this.#terminate(options.byFlag))
    return this.#disposed.promise
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate({ byFlag: false })
  }

  async #terminate(byFlag: boolean): Promise<void> {
    if (byFlag && !this.#isEnded && this.#lostSince === undefined) {
      this.#channel.send(PayloadType.flag, formatFlag(Flag.terminateSession))
      await this.#channel.drained(FLAG_WAIT_MS)
    }
    const ended = new AppError('session-ended', 'The session was ended.')
    this.#life.abort(ended)
    this.#channel.close()
    this.#end('owner', '', ended)
    // Also after channel_closed: a safety net that costs one call, and the only end of a shell session (D24).
    const end = (signal: AbortSignal): Promise<void> => this.#service.terminateSession(this.sessionId, signal)
    await endOrOwe(end, TERMINATE_WAIT_MS, this.#wakeables)
  }

  /** Never rejects: without them there is no forecast. */
  async #learnLimits(): Promise<void> {
    const limits = await this.#service.preferences(this.#life.signal).catch(() => undefined)
    if (limits !== undefined) this.#lifetime.learn(limits)
  }

  #onLost(cause: AppError): void {
    // The attempt under way has lost its socket again.
    this.#attempted?.resolve(cause)
    if (this.#lostSince !== undefined || this.#life.signal.aborted) return
    this.#lostSince = { at: Date.now(), monotonicMs: monotonicNow() }
    void this.#recover(cause)
  }

  #onResumed(): void {
    if (this.#lostSince === undefined) return
    const { at, monotonicMs } = this.#lostSince
    // By the clock on the wall, which counts sleep; one that was set back tells less than has passed.
    const pausedMs = Math.max(Date.now() - at, Math.round(monotonicNow() - monotonicMs))
    this.#lostSince = undefined
    const attempts = this.#recovery.proven()
    this.#attempted?.resolve(undefined)
    this.#diagnose?.({ kind: 'resume', sessionId: this.sessionId, pausedMs, attempts })
    this.#handlers.resumed(pausedMs)
    this.tellReached()
  }

  /** Never rejects. */
  async #recover(lossCause: AppError): Promise<void> {
    const { resumeDeadlineMs, attemptMs } = this.#timing
    // A session that is still being opened is given up sooner: somebody waits for it.
    const failure = await this.#recovery.run(lossCause, this.#isReady ? resumeDeadlineMs : attemptMs)
    if (failure !== undefined && !this.#life.signal.aborted) this.#channel.fail(failure)
  }

  /** One attempt, up to the first sign of the agent. Resolves undefined when it has succeeded, else with why it has not. */
  async #attempt(): Promise<AppError | undefined> {
    const outcome = deferred<AppError | undefined>()
    this.#attempted = outcome
    const limit = new AbortController()
    const abort = (): void => limit.abort(this.#life.signal.reason)
    const timer = setTimeout(
      () => limit.abort(new AppError('timeout', 'The connection could not be renewed in time. Culvert tries again.')),
      this.#timing.attemptMs,
    )
    this.#life.signal.addEventListener('abort', abort, { once: true })
    // By the clock on the wall, which counts sleep: what was begun before it hangs on a connection of yesterday.
    const startedAt = Date.now()
    this.#wakeAttempt = () => {
      if (Date.now() - startedAt < STALE_ATTEMPT_MS) return
      limit.abort(new AppError('network', 'The attempt was begun anew after a wake.'))
    }
    try {
      const ticket = await this.#service.resumeSession(this.sessionId, limit.signal)
      // The returned URL, not the first one: the service may have moved the session (D9).
      this.#channel.attach(await connect(this.#service, ticket, limit.signal), ticket.tokenValue)
      return await outcome.promise
    } catch (error) {
      return asAppError(error)
    } finally {
      clearTimeout(timer)
      this.#wakeAttempt = () => undefined
      this.#life.signal.removeEventListener('abort', abort)
    }
  }

  #end(by: SessionEnd['by'], text: string, cause: AppError): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#attempted?.resolve(undefined)
    this.#wakeables.delete(this)
    this.#opened.reject(cause)
    this.#handlers.ended({ by, text, cause })
  }
}

function observerOf(diagnose: Diagnose, sessionId: string): ChannelObserver {
  return {
    dropped: (why) => diagnose({ kind: 'frame-dropped', sessionId, why }),
    resent: (sequence, attempt) => diagnose({ kind: 'retransmission', sessionId, sequence, attempt }),
  }
}
