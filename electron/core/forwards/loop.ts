// One forward from the moment it is turned on until it is turned off: the outermost of three loops.
//
//   its environment -> a tunnel (tunnel.ts), which finds its instance -> sessions (session.ts)
//
// Retries a failure that can pass by itself. When the environment has ended (the Demo's process died), opens it again and goes on
// with a new tunnel on the same port. Owns the tunnel. Makes no callback after its release.

import { asAppError, toWireError, AppError } from '../../../shared/errors'
import type { Forward, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { monotonicNow } from '../../ssm/channel/clock'
import { settledOrAborted, unlessAborted } from '../async/aborting'
import { Ends } from '../async/closing'
import type { Environment } from '../environments/environment'
import type { FoundHost } from '../environments/finding'
import { pickFor } from '../environments/picking'
import type { Environments } from '../environments/environments'
import { newOutage, restartedEvent, restartingState, SHORT_LIFE_MS, Waits, type Outage } from '../tunnels/outage'
import { judge } from '../sessions/resume/retry'
import type { Wakeable } from '../sessions/wakeable'
import type { Timing } from '../sessions/timing'
import type { HostPick, Tunnel } from '../tunnels/parts'

/** What the loop of a forward needs, and its callbacks. */
export interface ForwardLoopOptions {
  /** If it has no local port, one is chosen and kept for the life of the loop. */
  readonly forward: Forward
  readonly environments: Environments
  readonly timing: Timing
  readonly now: () => number
  readonly maxConnections: () => number | undefined
  /** A host was found for the next session. Not called for a forward by id. */
  readonly onHost: (found: FoundHost) => void
  readonly onListening: (port: number) => void
  readonly onState: (state: TunnelState) => void
  readonly onEvent: (event: TunnelEvent) => void
}

/** Why an attempt has ended: the environment has ended (`lost`), or something could not be opened (`unopened`). */
interface Failure {
  readonly kind: 'lost' | 'unopened'
  readonly cause: AppError
}

/** Whether two forwards need the same tunnel: the same target, destination, local port and session document. Other fields may change while it is up. */
export function isSameWay(one: Forward, other: Forward): boolean {
  const way = ({ target, remotePort, remoteHost, localPort, document }: Forward): string =>
    JSON.stringify([target, remotePort, remoteHost, localPort, document])
  return way(one) === way(other)
}

/** A forward that is on. Disposing releases it and resolves once its sessions have ended. */
export class ForwardLoop implements AsyncDisposable, Wakeable {
  readonly #options: ForwardLoopOptions
  readonly #life = new AbortController()
  readonly #waits: Waits
  /** The ends of tunnels that were released. */
  readonly #ends = new Ends()
  readonly #running: Promise<void>
  #tunnel: Tunnel | undefined
  #followed: Environment | undefined
  #localPort: number | undefined
  #openConnections = 0
  /** Set from the end of an environment until a tunnel is up again. */
  #outage: Outage | undefined

  /** Begins once `before` has settled: the release of the loop that held the port until then. */
  constructor(options: ForwardLoopOptions, before: Promise<unknown>) {
    const { timing } = options
    this.#options = options
    this.#localPort = options.forward.localPort
    this.#waits = new Waits({
      timing,
      signal: this.#life.signal,
      tell: (state) => this.#tell(state),
      // Not needed here: only a tunnel waits for an instance.
      isOnline: () => Promise.resolve(true),
    })
    const run = (): Promise<void> => this.#run()
    this.#running = before.then(run, run)
  }

  /** The tunnel that runs or has failed; undefined between tunnels. */
  get tunnel(): Tunnel | undefined {
    return this.#tunnel
  }

  wake(): void {
    this.#waits.cut()
  }

  reached(): void {
    this.#waits.reached()
  }

  /** Ends any wait, of the loop and of its tunnel: both try again now. */
  retry(): void {
    this.wake()
    this.#tunnel?.retry()
  }

  /** Ends the loop and resolves once its port is free. The session ends after that. */
  async release(): Promise<void> {
    this.#life.abort(new AppError('session-ended', 'The forward was turned off.'))
    await this.#running
    // A tunnel that has failed is kept for "Check now" until here.
    await this.#letGo()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
    await this.#ends.idle()
  }

  /** Runs until the release, or until a failure that only a person can mend. Never rejects: a failure is told as the state. */
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

  /**
   * Opens the environment and runs a tunnel. Resolves undefined after the release, and when the tunnel has failed,
   * which the tunnel has told.
   */
  async #carry(): Promise<Failure | undefined> {
    const { forward, environments } = this.#options
    const { signal } = this.#life
    let life: AbortSignal | undefined
    try {
      const environment = await unlessAborted(environments.get(forward.environment), signal)
      life = environment.life
      this.#follow(environment)
      life.throwIfAborted()
      this.#tunnel = this.#startTunnel(environment)
      await settledOrAborted(this.#tunnel.ended, [signal, life])
      return life.aborted ? { kind: 'lost', cause: asAppError(life.reason) } : undefined
    } catch (error) {
      if (life?.aborted === true) return { kind: 'lost', cause: asAppError(life.reason) }
      return { kind: 'unopened', cause: asAppError(error) }
    }
  }

  /** Adds the loop to the wakeables of one environment at a time, so that a wake ends its waits. */
  #follow(environment: Environment | undefined): void {
    this.#followed?.wakeables.delete(this)
    this.#followed = environment
    environment?.wakeables.add(this)
  }

  /** What the sessions go to: an id, or what finds the host of each session. */
  #targetIn(environment: Environment): string | HostPick {
    const { forward, timing, onHost } = this.#options
    const { target } = forward
    if (target.kind === 'id') return target.instanceId
    return pickFor({
      target,
      environment,
      lookAgainMs: timing.pollMs,
      onFound: (found) => {
        if (!this.#life.signal.aborted) onHost(found)
      },
    })
  }

  #startTunnel(environment: Environment): Tunnel {
    const { remotePort, remoteHost, document } = this.#options.forward
    const localPort = this.#localPort
    return environment.startTunnel({
      target: this.#targetIn(environment),
      remotePort,
      ...(remoteHost === undefined ? {} : { remoteHost }),
      ...(document === undefined ? {} : { document }),
      ...(localPort === undefined ? {} : { localPort }),
      maxConnections: this.#options.maxConnections,
      onListening: (port) => {
        this.#localPort = port
        if (!this.#life.signal.aborted) this.#options.onListening(port)
      },
      onState: (state) => {
        // After the end of the environment a tunnel reports a network error; the loop reports the real cause.
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

  /** Begins or goes on with the outage of an environment that has ended, and tells it. */
  #lose(cause: AppError, attempt: number): Outage {
    this.#outage ??= { ...newOutage(cause), connectionsLost: this.#openConnections }
    this.#outage = { ...this.#outage, cause, attempt }
    this.#tellAttempt(this.#outage)
    return this.#outage
  }

  /** Tells `reconnecting` in an outage of the environment, and `connecting` otherwise. */
  #tellAttempt(obstacle: Outage | undefined): void {
    const isConnecting = this.#outage === undefined || obstacle === undefined
    this.#tell(isConnecting ? { kind: 'connecting' } : restartingState(obstacle))
  }

  #tell(state: TunnelState): void {
    if (this.#life.signal.aborted) return
    const outage = this.#outage
    // A new tunnel begins with `connecting`; to a person the forward is still reconnecting.
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
