// One forward from being switched on to being switched off: the outermost of three loops.
//
//   its environment -> its instance -> a tunnel (tunnel.ts) -> sessions (session.ts)
//
// A failure that passes by itself is waited out. An environment that has ended (a Demo whose process died) is opened anew and
// the forward goes on in it, on the same port. Owns the tunnel. Tells nothing any more once it is released.

import { asAppError, toWireError, AppError } from '../../../shared/errors'
import type { Forward, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { monotonicNow } from '../../ssm/channel/clock'
import { settledOrAborted, unlessAborted } from '../async/aborting'
import { Ends } from '../async/closing'
import type { Environment } from '../environments/environment'
import type { Environments } from '../environments/environments'
import { newOutage, restartedEvent, restartingState, SHORT_LIFE_MS, Waits, type Outage } from '../tunnels/outage'
import { judge } from '../sessions/retry'
import type { Wakeable } from '../sessions/wakeable'
import type { Timing } from '../sessions/timing'
import type { Tunnel } from '../tunnels/parts'

/** What a forward that is on needs, and whom it tells. */
export interface ForwardLoopOptions {
  /** Without a local port one is chosen, and kept for as long as this lasts. */
  readonly forward: Forward
  readonly environments: Environments
  readonly timing: Timing
  readonly now: () => number
  readonly maxConnections: () => number | undefined
  readonly onInstance: (instance: { readonly id: string; readonly name: string }) => void
  readonly onListening: (port: number) => void
  readonly onState: (state: TunnelState) => void
  readonly onEvent: (event: TunnelEvent) => void
}

/** What has ended an attempt to carry: its environment has, or it could not be opened. */
interface Failure {
  readonly kind: 'lost' | 'unopened'
  readonly cause: AppError
}

/** Whether two forwards take the same tunnel: what else they are made of may change while it is up. */
export function isSameWay(one: Forward, other: Forward): boolean {
  const way = ({ target, remotePort, remoteHost, localPort }: Forward): string =>
    JSON.stringify([target, remotePort, remoteHost, localPort])
  return way(one) === way(other)
}

/** A forward that is on. Disposing releases it and resolves once its sessions have ended. */
export class ForwardLoop implements AsyncDisposable, Wakeable {
  readonly #options: ForwardLoopOptions
  readonly #life = new AbortController()
  readonly #waits: Waits
  /** Of sessions whose tunnels have been released. */
  readonly #ends = new Ends()
  readonly #running: Promise<void>
  #tunnel: Tunnel | undefined
  #followed: Environment | undefined
  #localPort: number | undefined
  #openConnections = 0
  /** Its environment has ended, and it is not up again yet. */
  #outage: Outage | undefined

  /** Begins once `before` has settled: what held the port until then. */
  constructor(options: ForwardLoopOptions, before: Promise<unknown>) {
    const { timing } = options
    this.#options = options
    this.#localPort = options.forward.localPort
    this.#waits = new Waits({
      timing,
      signal: this.#life.signal,
      tell: (state) => this.#tell(state),
      // Only a tunnel asks for that, and it does so by itself.
      isOnline: () => Promise.resolve(true),
    })
    const run = (): Promise<void> => this.#run()
    this.#running = before.then(run, run)
  }

  /** The tunnel that runs now, or that has failed. */
  get tunnel(): Tunnel | undefined {
    return this.#tunnel
  }

  wake(): void {
    this.#waits.cut()
  }

  reached(): void {
    this.#waits.reached()
  }

  /** Tries at once what waits for its time. */
  retry(): void {
    this.wake()
    this.#tunnel?.retry()
  }

  /** Ends it; resolves once its port is free. Its session is ended behind that. */
  async release(): Promise<void> {
    this.#life.abort(new AppError('session-ended', 'The forward was turned off.'))
    await this.#running
    // That of one that has failed is still there: it tells where the way ends.
    await this.#letGo()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
    await this.#ends.idle()
  }

  /** Goes on until it is released or only a person can mend it. Never rejects: a failure is the state. */
  async #run(): Promise<void> {
    const { now } = this.#options
    const { signal } = this.#life
    let obstacle: Outage | undefined
    let shortLives = 0
    while (!signal.aborted) {
      this.#tellAttempt(obstacle)
      const startedAt = monotonicNow()
      const failure = await this.#carry()
      if (signal.aborted || failure === undefined) break
      const { kind, cause } = failure
      if (kind === 'lost') {
        shortLives = monotonicNow() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 1
        obstacle = this.#lose(cause, Math.max(1, shortLives - 1))
        await this.#letGo()
        if (shortLives === 1) continue
      } else if (judge(cause) === 'final') {
        this.#tell({ kind: 'failed', sinceAt: now(), error: toWireError(cause) })
        break
      } else obstacle = { ...(obstacle ?? newOutage(cause)), cause }
      await this.#waits.out(obstacle)
      obstacle = { ...obstacle, attempt: obstacle.attempt + 1 }
    }
    this.#follow(undefined)
    if (signal.aborted) await this.#letGo()
  }

  /** Opens what it takes and runs a tunnel. Resolves undefined once that has failed, which it tells itself, or is released. */
  async #carry(): Promise<Failure | undefined> {
    const { forward, environments } = this.#options
    const { signal } = this.#life
    let life: AbortSignal | undefined
    try {
      const environment = await unlessAborted(environments.get(forward.environment), signal)
      life = environment.life
      this.#follow(environment)
      const target = await this.#findTarget(environment)
      signal.throwIfAborted()
      life.throwIfAborted()
      this.#tunnel = this.#startTunnel(environment, target)
      await settledOrAborted(this.#tunnel.ended, [signal, life])
      return life.aborted ? { kind: 'lost', cause: asAppError(life.reason) } : undefined
    } catch (error) {
      if (life?.aborted === true) return { kind: 'lost', cause: asAppError(life.reason) }
      return { kind: 'unopened', cause: asAppError(error) }
    }
  }

  /** Hears of the wakes of one environment at a time, for what is waited for here. */
  #follow(environment: Environment | undefined): void {
    this.#followed?.wakeables.delete(this)
    this.#followed = environment
    environment?.wakeables.add(this)
  }

  async #findTarget(environment: Environment): Promise<string> {
    const { target } = this.#options.forward
    const { signal } = this.#life
    if (target.kind === 'id') return target.instanceId
    const { id, name } = await environment.resolveTarget(target.name, signal)
    if (name !== '' && !signal.aborted) this.#options.onInstance({ id, name })
    return id
  }

  #startTunnel(environment: Environment, target: string): Tunnel {
    const { remotePort, remoteHost } = this.#options.forward
    const localPort = this.#localPort
    return environment.startTunnel({
      target,
      remotePort,
      ...(remoteHost === undefined ? {} : { remoteHost }),
      ...(localPort === undefined ? {} : { localPort }),
      maxConnections: this.#options.maxConnections,
      onListening: (port) => {
        this.#localPort = port
        if (!this.#life.signal.aborted) this.#options.onListening(port)
      },
      onState: (state) => {
        // Behind the end of its environment it blames the network.
        if (!environment.life.aborted) this.#tell(state)
      },
      onEvent: (event) => this.#onEvent(event),
    })
  }

  /** Releases the tunnel; resolves once its port is free. */
  async #letGo(): Promise<void> {
    const tunnel = this.#tunnel
    if (tunnel === undefined) return
    this.#tunnel = undefined
    void this.#ends.add(tunnel[Symbol.asyncDispose]())
    await tunnel.release()
  }

  /** Its environment has ended, and its connections with that. */
  #lose(cause: AppError, attempt: number): Outage {
    this.#outage ??= { ...newOutage(cause), connectionsLost: this.#openConnections }
    this.#outage = { ...this.#outage, cause, attempt }
    this.#tellAttempt(this.#outage)
    return this.#outage
  }

  /** To a person it is reconnecting where it was up, and connecting before that. */
  #tellAttempt(obstacle: Outage | undefined): void {
    const isConnecting = this.#outage === undefined || obstacle === undefined
    this.#tell(isConnecting ? { kind: 'connecting' } : restartingState(obstacle))
  }

  #tell(state: TunnelState): void {
    if (this.#life.signal.aborted) return
    const outage = this.#outage
    // A new tunnel begins with that.
    if (outage !== undefined && state.kind === 'connecting') return
    if (outage !== undefined && state.kind === 'up') {
      this.#outage = undefined
      this.#options.onEvent(restartedEvent(outage))
    }
    this.#options.onState(state)
  }

  #onEvent(event: TunnelEvent): void {
    if (event.kind === 'connection-opened') this.#openConnections += 1
    if (event.kind === 'connection-closed') this.#openConnections -= 1
    if (!this.#life.signal.aborted) this.#options.onEvent(event)
  }
}
