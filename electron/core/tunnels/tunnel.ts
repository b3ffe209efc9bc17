// A tunnel: a local listener, and one session after the other that carries its connections. Its states are listed in standing.ts.
//
// This is the outer of two loops; the inner one (sessions/session.ts) resumes a session. When a session is gone, its connections are
// reset and counted, and a new session takes its place on the same listener and port, perhaps to another host (host.ts). A failure that
// can pass by itself is retried; one that only a person can mend ends the tunnel. The listener is bound first: a port in use costs no
// session, and connections that come before the session is ready wait for it. Owns the listener, the session and every connection.

import { deferred } from '../../../shared/deferred'
import { AppError, asAppError, asError } from '../../../shared/errors'
import type { CheckedLeg } from '../../../shared/model/forward'
import { bindPort, IPV4_ONLY } from './binding'
import { checkSession, checkState } from './check'
import { Connections } from './connections'
import type { TunnelCounters } from './health'
import { TunnelHost } from './host'
import type { Listener } from './listener'
import { newOutage, SHORT_LIFE_MS, Waits, type Outage } from './outage'
import { openPortSession, type PortSession } from './session'
import { Standing } from './standing'
import { isRefusedForGood } from '../sessions/refusal'
import { judge } from '../sessions/resume/retry'
import type { ResumeProgress } from '../sessions/parts'
import type { Wakeable } from '../sessions/wakeable'
import type { Tunnel, TunnelOptions } from './parts'
import { monotonicNow } from '../../ssm/channel/clock'

/** Starts a tunnel. It runs until it is disposed, or until a failure that only a person can mend. Its states are told by `onState`. */
export function startTunnel(options: TunnelOptions): Tunnel {
  const tunnel = new RunningTunnel(options, true)
  tunnel.start()
  return tunnel
}

/**
 * Opens a tunnel and resolves once connections can carry data. Rejects with `port-in-use`, `port-not-allowed`, any code of
 * `startSession`, or the reason of `signal`; nothing is left open then. Before the tunnel has been up, no failure is retried.
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
  sessionId = ''
  readonly #options: TunnelOptions
  readonly #isPatient: boolean
  readonly #connections: Connections
  readonly #standing: Standing
  readonly #host: TunnelHost
  readonly #end = deferred()
  readonly ended = this.#end.promise
  readonly #firstUp = deferred()
  /** Resolves when the tunnel is up for the first time; rejects if it ends before. */
  readonly up = this.#firstUp.promise
  readonly #life = new AbortController()
  readonly #waits: Waits
  #listener: Listener | undefined
  #session: PortSession | undefined
  #sessionsUsed = 0
  #pastRetransmissions = 0
  #bound: Promise<void> = Promise.resolve()
  #running: Promise<void> = Promise.resolve()
  #released: Promise<void> | undefined
  #disposed: Promise<void> | undefined

  constructor(options: TunnelOptions, isPatient: boolean) {
    this.#options = options
    this.#isPatient = isPatient
    const { onState, onEvent, timing } = options
    this.#standing = new Standing({ onState, onEvent })
    this.#host = new TunnelHost(options)
    this.#waits = new Waits({
      timing,
      signal: this.#life.signal,
      tell: (state) => this.#standing.tell(state),
      isOnline: (signal) => this.#host.isReady(signal),
    })
    this.#connections = new Connections({
      onEvent,
      holdMs: () => timing.holdMs,
      max: () => options.maxConnections?.(),
      budget: options.connectionBudget,
    })
    // Unhandled rejections would end the process; callers may ignore these.
    this.ended.catch(() => undefined)
    this.up.catch(() => undefined)
  }

  get port(): number {
    return this.#listener?.port ?? 0
  }

  start(): void {
    this.#options.wakeables.add(this)
    this.#running = this.#run().catch((error: unknown) => this.#fail(error))
  }

  check(): Promise<readonly CheckedLeg[]> {
    const session = this.#session
    const { state } = this.#standing
    return session === undefined || state.kind !== 'up' ? Promise.resolve(checkState(state)) : checkSession(session)
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
    this.#stop(new AppError('session-ended', 'The forward was closed.'))
    // If the port is being bound now, `bindPort` closes the new listener itself.
    await this.#bound.catch(() => undefined)
    await this.#listener?.[Symbol.asyncDispose]()
  }

  async #dispose(): Promise<void> {
    const { kind } = this.#standing.state
    const released = this.release()
    await this.#session?.[Symbol.asyncDispose]()
    await this.#running
    await released
    if (kind !== 'failed') this.#standing.tell({ kind: 'off' })
    this.#end.resolve()
    this.#firstUp.reject(new AppError('session-ended', 'The forward was closed.'))
  }

  /** Runs until the tunnel ends. Rejects with a failure that only a person can mend. */
  async #run(): Promise<void> {
    const { signal } = this.#life
    this.#standing.tell({ kind: 'connecting' })
    this.#bound = this.#bind()
    await this.#bound
    let outage: Outage | undefined
    let shortLives = 0
    while (!signal.aborted) {
      if (outage !== undefined && outage.attempt > 1) this.#standing.restarting(outage)
      const opened = await this.#openSession()
      if (signal.aborted) {
        // The session was ready in the moment when the tunnel was told to end.
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
      this.#host.up(outage?.cause)
      if (outage !== undefined) this.#standing.restarted(outage)
      this.#becameUp(opened)
      const cause = await this.#host.endOf(opened, () => this.#standing.state.kind === 'up')
      this.#standing.ended()
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
    const { localPort = 0, onListening, onEvent } = this.#options
    const listener = await bindPort({
      port: localPort,
      onConnection: (socket) => this.#connections.accept(socket),
      signal: this.#life.signal,
      ...(this.#isPatient ? { wait: (cause, sinceAt) => this.#waits.forPort(cause, sinceAt) } : {}),
    })
    if (listener === undefined) return
    this.#listener = listener
    if (this.#standing.state.kind === 'waiting') this.#standing.tell({ kind: 'connecting' })
    onListening?.(listener.port)
    if (listener.hosts.length === 1) onEvent(IPV4_ONLY)
  }

  /** Opens a session. Resolves with the error if it cannot be opened. */
  #openSession(): Promise<PortSession | AppError> {
    const { signal } = this.#life
    const handlers = {
      onResuming: (progress: ResumeProgress) => this.#onResuming(progress),
      onResumed: (pausedMs: number) => this.#onResumed(pausedMs),
      onForecast: () => this.#standing.forecast(),
    }
    const opened = this.#host
      .next(signal)
      .then((target) => openPortSession({ ...this.#options, target, signal, ...handlers }))
    return opened.catch((error: unknown) => this.#host.failed(asAppError(error)))
  }

  #becameUp(session: PortSession): void {
    this.#session = session
    this.#sessionsUsed += 1
    this.sessionId = session.sessionId
    this.#standing.up(session)
    this.#connections.carryBy(session)
    this.#firstUp.resolve()
  }

  #onResuming(progress: ResumeProgress): void {
    // While a session is being opened the state stays `connecting` or `restart`.
    if (this.#session === undefined || this.#life.signal.aborted) return
    this.#connections.hold()
    this.#standing.resuming(progress)
  }

  #onResumed(pausedMs: number): void {
    const session = this.#session
    if (session === undefined || this.#life.signal.aborted) return
    this.#standing.resumed(pausedMs, this.#connections.count)
    this.#connections.carryBy(session)
  }

  /** Waits after the end of a session if its cause asks for it; resolves with whether it has waited. */
  async #waitsAfterSession(outage: Outage): Promise<boolean> {
    const verdict = judge(outage.cause)
    if (verdict === 'final') throw outage.cause
    this.#standing.restarting(outage)
    // A session that waited for a login until its deadline ends with that cause: go on waiting for the login.
    if (verdict !== 'login' && outage.attempt === 1) return false
    await this.#waitOut(outage)
    return true
  }

  /** Waits before the next attempt. Throws the cause if it is final (see also `isRefusedForGood`), or if the tunnel is not retried. */
  async #waitOut(outage: Outage): Promise<void> {
    const { cause } = outage
    if (await this.#host.isLeft(cause, this.#life.signal)) return
    const isFirst = !this.#standing.hasBeenUp
    if (judge(cause) === 'final' || (isFirst && !this.#isPatient)) throw cause
    if (isFirst && (await isRefusedForGood(cause, this.#options.service, this.#life.signal))) throw cause
    await this.#waits.out(outage)
  }

  /** Begins nothing new from here on, resets the connections and stops listening for wakes. */
  #stop(cause: AppError): void {
    this.#life.abort(cause)
    this.#standing.ended()
    this.#connections.end()
    this.#options.wakeables.delete(this)
  }

  /** Ends the tunnel with a failure that only a person can mend. */
  #fail(thrown: unknown): void {
    if (this.#life.signal.aborted) return
    const error = asAppError(thrown)
    this.#stop(error)
    void this.#listener?.[Symbol.asyncDispose]()
    this.#standing.failed(error)
    this.#firstUp.reject(error)
    this.#end.reject(error)
  }
}
