// One SSM session: starts it, opens its channel, resumes it when a socket is lost, terminates it.
//
//   opening -> open <-> resuming -> closed
//
// Owns the channel and the session at the service: however the session ends, disposing calls TerminateSession and awaits it. A lost
// socket is replaced by ResumeSession, with credentials that are resolved anew at each attempt; sequence numbers and unacknowledged
// messages stay in the channel. recovery.ts decides when the next attempt is made. Past its deadline the session ends with the
// error of the last attempt. Source: specification §8.6, §10.5.

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
import { Lifetime } from './lifetime'
import { endOrOwe } from './owedend'
import { Recovery } from './recovery'
import { reach } from './refusal'
import type { SessionEnd, SessionHandlers, SessionOptions, SessionService } from './parts'
import type { Wakeable } from './wakeable'
import type { Timing } from './timing'

// How long the end of a session may take at each of its two steps (§8.6).
const FLAG_WAIT_MS = 2_000
const TERMINATE_WAIT_MS = 2_500
// StartSession answers within two seconds. Its retries on throttling take longer.
const START_WAIT_MS = 30_000
// A wake starts the attempt anew if it is older than this.
const STALE_ATTEMPT_MS = 3_000

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
  /** When the socket was lost; undefined while there is one. */
  #lostSince: { readonly at: number; readonly monotonicMs: number } | undefined
  /** The newest address that the service has named. */
  #streamUrl = ''
  #isReady = false
  #isEnded = false
  #disposed: Deferred<void> | undefined
  readonly #opened = deferred()
  /** The outcome of the attempt under way: undefined for success, else why it failed. */
  #attempted: Deferred<AppError | undefined> | undefined
  #wakeAttempt: () => void = () => undefined

  /** Use `startSession`. */
  constructor(options: SessionOptions, sessionId: string) {
    this.sessionId = sessionId
    this.#service = options.service
    this.#diagnose = options.service.diagnose
    // The session may end before `open` awaits this promise. An unhandled rejection would end the process.
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
    this.#streamUrl = ticket.streamUrl
    const abort = (): void => this.#opened.reject(asError(this.#signal.reason))
    this.#signal.addEventListener('abort', abort, { once: true })
    try {
      this.#channel.attach(await reach(this.#service, ticket, this.#signal), ticket.tokenValue)
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

  /** How long the session may still live. */
  get timeLeft(): TimeLeft {
    return this.#lifetime.timeLeft(this.#channel.counters.lastStreamAt, Date.now())
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
    if (byFlag && !this.#isEnded && this.#lostSince === undefined) {
      this.#channel.send(PayloadType.flag, formatFlag(Flag.terminateSession))
      await this.#channel.drained(FLAG_WAIT_MS)
    }
    const ended = new AppError('session-ended', 'The session was ended.')
    this.#life.abort(ended)
    this.#channel.close()
    this.#end('owner', '', ended)
    // Called also after channel_closed: only TerminateSession ends a shell session (D24), and for the others it costs one call.
    const end = (signal: AbortSignal): Promise<void> => this.#service.terminateSession(this.sessionId, signal)
    await endOrOwe(end, TERMINATE_WAIT_MS, this.#wakeables)
  }

  /** Asks for the account's limits. Never rejects: without limits there is no forecast. */
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
    // The wall clock counts sleep, and the monotonic clock does not go back when the wall clock is set back. The larger span counts.
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
    // A session that is still being opened is given up sooner, because its caller waits for it.
    const failure = await this.#recovery.run(lossCause, this.#isReady ? resumeDeadlineMs : attemptMs)
    if (failure !== undefined && !this.#life.signal.aborted) this.#channel.fail(failure)
  }

  /** Makes one attempt, up to the first frame of the agent. Resolves undefined on success, else with why it failed. */
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
    // By the wall clock, which counts sleep: an attempt from before a sleep waits on a connection that is gone.
    const startedAt = Date.now()
    this.#wakeAttempt = () => {
      if (Date.now() - startedAt < STALE_ATTEMPT_MS) return
      limit.abort(new AppError('network', 'The attempt was begun anew after a wake.'))
    }
    try {
      const ticket = await this.#service.resumeSession(this.sessionId, limit.signal)
      // Dials the URL that ResumeSession returned: the service may have moved the session (D9). Without one, the URL before.
      this.#streamUrl = ticket.streamUrl || this.#streamUrl
      const wire = await reach(this.#service, { ...ticket, streamUrl: this.#streamUrl }, limit.signal)
      this.#channel.attach(wire, ticket.tokenValue)
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
