// One forward, running: a local listener, and one session after the other behind it.
//
//   connecting -> up <-> reconnecting{resume | restart} <-> waiting{login | network | instance | port} -> failed
//   off when disposed
//
// The outer of two loops; the inner one, a session that resumes, is session.ts. A session that is gone is replaced on the
// same listener: open connections are reset and counted, the port never moves. What passes by itself is waited for, what
// only a person can mend ends the tunnel. The listener is bound first: a port in use costs no session, and connections that
// come before the session is ready wait for it. Owns the listener, the session and every connection.

import { AppError, asAppError, asError, toWireError } from '../../../shared/errors'
import type { CheckedLeg, TunnelState } from '../../../shared/model/forward'
import { checkSession, checkState } from './check'
import { Connections } from './connections'
import type { TunnelCounters } from './health'
import { listen, type Listener } from './listener'
import { newOutage, Waits, type Outage } from './outage'
import { openPortSession, type PortSession } from './session'
import { isSameTimeLeft } from '../sessions/lifetime'
import { judge } from '../sessions/retry'
import type { ResumeProgress } from '../sessions/parts'
import type { Wakeable } from '../sessions/wakeable'
import type { Tunnel, TunnelOptions } from './parts'
import { monotonicNow } from '../../ssm/channel/clock'

// A session that ends sooner counts as a failed attempt: the next one waits.
const SHORT_LIFE_MS = 30_000

// The time that a session has left is compared so often in each minute of the service: every 3 s.
const LOOKS_PER_MINUTE = 20

/** Starts a tunnel, which goes on until it is disposed or until only a person can mend it. Its states tell how it stands. */
export function startTunnel(options: TunnelOptions): Tunnel {
  const tunnel = new RunningTunnel(options, true)
  tunnel.start()
  return tunnel
}

/**
 * Opens a tunnel and resolves once connections can carry data. Rejects with `port-in-use`, `port-not-allowed`, any code of
 * `startSession`, or the reason of `signal`: until it has been up nothing is waited for, and nothing is left open then.
 */
export async function openTunnel(options: TunnelOptions & { readonly signal: AbortSignal }): Promise<Tunnel> {
  const { signal } = options
  signal.throwIfAborted()
  const tunnel = new RunningTunnel(options, false)
  const abort = (): void => void tunnel[Symbol.asyncDispose]()
  signal.addEventListener('abort', abort, { once: true })
  tunnel.start()
  try {
    await tunnel.up
    return tunnel
  } catch (error) {
    await tunnel[Symbol.asyncDispose]()
    throw signal.aborted ? asError(signal.reason) : error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

class RunningTunnel implements Tunnel, Wakeable {
  readonly host = '127.0.0.1' as const
  readonly ended: Promise<void>
  /** Resolves when it is up for the first time; rejects when it ends before. */
  readonly up: Promise<void>
  readonly #options: TunnelOptions
  readonly #isPatient: boolean
  readonly #connections: Connections
  readonly #life = new AbortController()
  readonly #waits: Waits
  #listener: Listener | undefined
  #session: PortSession | undefined
  #sessionId = ''
  #upSinceAt = 0
  #hasBeenUp = false
  #state: TunnelState = { kind: 'off' }
  #sessionsUsed = 0
  #pastRetransmissions = 0
  #bound: Promise<void> = Promise.resolve()
  #running: Promise<void> = Promise.resolve()
  #released: Promise<void> | undefined
  #disposed: Promise<void> | undefined
  #finish: () => void = () => undefined
  #fail: (error: AppError) => void = () => undefined
  #becomeUp: () => void = () => undefined
  #neverUp: (error: AppError) => void = () => undefined

  constructor(options: TunnelOptions, isPatient: boolean) {
    this.#options = options
    this.#isPatient = isPatient
    this.#waits = new Waits({
      timing: options.timing,
      signal: this.#life.signal,
      tell: (state) => this.#tell(state),
      isOnline: async (signal) => {
        const found = await options.service.describeTarget(options.target, signal)
        return found === undefined || found.agent.kind === 'online'
      },
    })
    this.#connections = new Connections({
      onEvent: (event) => options.onEvent(event),
      holdMs: () => options.timing.holdMs,
      max: () => options.maxConnections?.(),
      budget: options.connectionBudget,
    })
    this.ended = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    this.up = new Promise((resolve, reject) => {
      this.#becomeUp = resolve
      this.#neverUp = reject
    })
    // Whoever awaits them hears of a failure; nobody has to.
    this.ended.catch(() => undefined)
    this.up.catch(() => undefined)
  }

  get sessionId(): string {
    return this.#sessionId
  }

  get port(): number {
    return this.#listener?.port ?? 0
  }

  start(): void {
    this.#options.wakeables.add(this)
    this.#running = this.#run().catch((error: unknown) => this.#end(error))
  }

  check(): Promise<readonly CheckedLeg[]> {
    const session = this.#session
    return session === undefined || this.#state.kind !== 'up'
      ? Promise.resolve(checkState(this.#state))
      : checkSession(session)
  }

  get counters(): TunnelCounters {
    const current = this.#session?.counters
    return {
      ...this.#connections.traffic,
      retransmissions: this.#pastRetransmissions + (current?.retransmissions ?? 0),
      sessionsUsed: this.#sessionsUsed,
      roundTripMs: current?.roundTripMs,
    }
  }

  retry(): void {
    this.wake()
    this.#session?.wake()
  }

  wake(): void {
    this.#waits.cut()
  }

  reached(): void {
    this.#waits.reached()
  }

  release(): Promise<void> {
    this.#released ??= this.#release()
    return this.#released
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  async #release(): Promise<void> {
    this.#life.abort(new AppError('session-ended', 'The forward was closed.'))
    this.#connections.end()
    this.#options.wakeables.delete(this)
    // A listener that is being bound closes itself.
    await this.#bound.catch(() => undefined)
    await this.#listener?.[Symbol.asyncDispose]()
  }

  async #dispose(): Promise<void> {
    const { kind } = this.#state
    const released = this.release()
    await this.#session?.[Symbol.asyncDispose]()
    await this.#running
    await released
    if (kind !== 'failed') this.#tell({ kind: 'off' })
    this.#finish()
    this.#neverUp(new AppError('session-ended', 'The forward was closed.'))
  }

  /** Rejects with what only a person can mend. */
  async #run(): Promise<void> {
    const { signal } = this.#life
    this.#tell({ kind: 'connecting' })
    this.#bound = this.#bind()
    await this.#bound
    let outage: Outage | undefined
    let shortLives = 0
    while (!signal.aborted) {
      if (outage !== undefined && outage.attempt > 1) this.#tellRestart(outage)
      const opened = await this.#openSession()
      if (signal.aborted) {
        // It opened just as the tunnel was told to end.
        if (!(opened instanceof AppError)) await opened[Symbol.asyncDispose]()
        return
      }
      if (opened instanceof AppError) {
        outage = { ...(outage ?? newOutage(opened)), cause: opened }
        await this.#waitOut(outage)
        outage = { ...outage, attempt: outage.attempt + 1 }
        continue
      }
      const startedAt = monotonicNow()
      if (outage !== undefined) this.#tellRestarted(outage)
      this.#becameUp(opened)
      const forecast = this.#watchTimeLeft(opened)
      const cause = await opened.ended
      clearInterval(forecast)
      this.#session = undefined
      this.#pastRetransmissions += opened.counters.retransmissions
      if (signal.aborted) return
      const lost = this.#connections.reset()
      void opened[Symbol.asyncDispose]()
      shortLives = monotonicNow() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 0
      outage = { ...newOutage(cause), connectionsLost: lost, attempt: Math.max(1, shortLives) }
      if (await this.#waitsAfterSession(outage)) outage = { ...outage, attempt: outage.attempt + 1 }
    }
  }

  async #bind(): Promise<void> {
    const { localPort, onListening, onEvent } = this.#options
    const { signal } = this.#life
    const sinceAt = Date.now()
    while (!signal.aborted && this.#listener === undefined) {
      const bound = await listen({
        port: localPort ?? 0,
        onConnection: (socket) => this.#connections.accept(socket),
      }).catch((error: unknown) => asAppError(error))
      if (bound instanceof AppError) {
        if (!this.#isPatient || judge(bound) !== 'port') throw bound
        await this.#waits.forPort(bound, sinceAt)
        continue
      }
      this.#listener = bound
      if (signal.aborted) {
        await bound[Symbol.asyncDispose]()
        return
      }
      if (this.#state.kind === 'waiting') this.#tell({ kind: 'connecting' })
      onListening?.(bound.port)
      if (bound.hosts.length === 1) {
        onEvent({ kind: 'notice', text: 'This computer has no IPv6 loopback: only 127.0.0.1 is forwarded.' })
      }
    }
  }

  /** Resolves with why there is none where there is none. */
  #openSession(): Promise<PortSession | AppError> {
    return openPortSession({
      ...this.#options,
      signal: this.#life.signal,
      onResuming: (progress) => this.#onResuming(progress),
      onResumed: (pausedMs) => this.#onResumed(pausedMs),
    }).catch((error: unknown) => asAppError(error))
  }

  #becameUp(session: PortSession): void {
    this.#session = session
    this.#sessionsUsed += 1
    this.#sessionId = session.sessionId
    this.#hasBeenUp = true
    this.#upSinceAt = Date.now()
    this.#tellUp(session)
    this.#connections.carryBy(session)
    this.#becomeUp()
  }

  /** Tells `up` again when the time that the session has left has changed. Cleared at the end of the session. */
  #watchTimeLeft(session: PortSession): NodeJS.Timeout {
    return setInterval(() => {
      if (this.#life.signal.aborted || this.#state.kind !== 'up') return
      if (!isSameTimeLeft(this.#state, session.timeLeft)) this.#tellUp(session)
    }, this.#options.timing.minuteMs / LOOKS_PER_MINUTE)
  }

  #onResuming({ cause, attempt, sinceAt, retryAt, waitsFor }: ResumeProgress): void {
    // A session that is still being opened is no connection that is renewed.
    if (this.#session === undefined || this.#life.signal.aborted) return
    this.#connections.hold()
    const known = { sinceAt, cause: toWireError(cause), ...(retryAt === undefined ? {} : { retryAt }) }
    this.#tell(
      waitsFor === undefined
        ? { kind: 'reconnecting', via: 'resume', attempt, ...known }
        : { kind: 'waiting', for: waitsFor, ...known },
    )
  }

  #onResumed(pausedMs: number): void {
    const session = this.#session
    if (session === undefined || this.#life.signal.aborted) return
    this.#options.onEvent({ kind: 'resumed', pausedMs, connectionsKept: this.#connections.count })
    this.#tellUp(session)
    this.#connections.carryBy(session)
  }

  /** A session that has ended: what it ended with decides whether the next one is tried at once. Whether it waited. */
  async #waitsAfterSession(outage: Outage): Promise<boolean> {
    const verdict = judge(outage.cause)
    if (verdict === 'final') throw outage.cause
    this.#tellRestart(outage)
    // Past its deadline a session ends with what it waited for; that is still awaited.
    if (verdict !== 'login' && outage.attempt === 1) return false
    await this.#waitOut(outage)
    return true
  }

  /** Waits for what has to be there before the next attempt. Throws what cannot be waited for. */
  async #waitOut(outage: Outage): Promise<void> {
    if (judge(outage.cause) === 'final' || (!this.#isPatient && !this.#hasBeenUp)) throw outage.cause
    await this.#waits.out(outage)
  }

  #tell(state: TunnelState): void {
    this.#state = state
    this.#options.onState(state)
  }

  #tellUp(session: PortSession): void {
    this.#tell({ kind: 'up', sinceAt: this.#upSinceAt, sessionId: session.sessionId, ...session.timeLeft })
  }

  #tellRestart({ attempt, sinceAt, cause }: Outage): void {
    if (!this.#hasBeenUp) this.#tell({ kind: 'connecting' })
    else this.#tell({ kind: 'reconnecting', via: 'restart', attempt, sinceAt, cause: toWireError(cause) })
  }

  #tellRestarted({ sinceAt, cause, connectionsLost }: Outage): void {
    if (!this.#hasBeenUp) return
    // A clock that was set back meanwhile tells nothing.
    const pausedMs = Math.max(0, Date.now() - sinceAt)
    this.#options.onEvent({ kind: 'restarted', pausedMs, connectionsLost, cause: toWireError(cause) })
  }

  /** It is over: only a person can mend it. */
  #end(thrown: unknown): void {
    if (this.#life.signal.aborted) return
    const error = asAppError(thrown)
    this.#life.abort(error)
    this.#connections.end()
    this.#options.wakeables.delete(this)
    void this.#listener?.[Symbol.asyncDispose]()
    this.#tell({ kind: 'failed', sinceAt: Date.now(), error: toWireError(error) })
    this.#neverUp(error)
    this.#fail(error)
  }
}
