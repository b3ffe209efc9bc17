// The saved forwards: kept on disk, switched on and off, and how each stands.
//
// `isOn` is what the person wants, `state` what is. Owns the tunnels of those that are on. A forward without a local port
// keeps the one that its first start was given. Names are unique, because `culvert up NAME` goes by them.

import { randomUUID } from 'node:crypto'
import { AppError, toWireError, type WireError } from '../../shared/errors'
import type {
  CheckedLeg,
  EnvironmentRef,
  Forward,
  ForwardView,
  TimeLeft,
  TunnelEvent,
  TunnelState,
} from '../../shared/model'
import { spanWords } from '../../shared/status'
import type { Environments } from './environments'
import { ForwardLog } from './forwardlog'
import { HealthMeter, SAMPLE_MS } from './health'
import { isSameTimeLeft } from './lifetime'
import type { Journal } from './store/journal'
import type { JsonFile } from './store/jsonfile'
import type { Tunnel } from './tunnelparts'

const MINUTE_MS = 60_000

/** What a person decides about a forward. */
export type ForwardFields = Omit<Forward, 'id' | 'environment'>

/** What the forwards need. */
export interface ForwardsOptions {
  readonly file: JsonFile<readonly Forward[]>
  readonly environments: Environments
  readonly journal: Journal
  readonly now: () => number
  /** How long a minute of a forward's own limit takes, ms. */
  readonly minuteMs: number
  /** Called after each change of a view or of the list. */
  readonly changed: () => void
}

interface Running {
  view: ForwardView
  tunnel: Tunnel | undefined
  opening: AbortController
  /** Openings and closings, one after the other, however fast a person switches. Never rejects. */
  work: Promise<void>
  readonly log: ForwardLog
  meter: HealthMeter
  /** Epoch ms of when it was turned on. */
  onSinceAt: number
}

/** The saved forwards of one data directory. Disposing stops them all and forgets none. */
export class Forwards implements AsyncDisposable {
  readonly #options: ForwardsOptions
  readonly #running = new Map<string, Running>()
  readonly #sampling: NodeJS.Timeout

  constructor(options: ForwardsOptions) {
    this.#options = options
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS)
    for (const forward of options.file.value) this.#add(forward)
  }

  get views(): readonly ForwardView[] {
    return [...this.#running.values()].map(({ view }) => view)
  }

  /** Turns on those that start at launch. */
  startAtLaunch(): void {
    for (const { view } of this.#running.values()) if (view.forward.startAtLaunch) this.start(view.forward.id)
  }

  /** Saves a new forward, off; resolves with its id once it is on disk. Rejects with `name-taken`, `data-directory`. */
  async create(environment: EnvironmentRef, fields: ForwardFields): Promise<string> {
    this.#checkName(fields.name, undefined)
    const forward: Forward = { ...fields, id: randomUUID(), environment }
    this.#add(forward)
    this.#options.changed()
    try {
      await this.#save()
    } catch (error) {
      this.#running.delete(forward.id)
      this.#options.changed()
      throw error
    }
    return forward.id
  }

  /** Changes a saved forward; one that is on is opened again where the change reaches its tunnel. Rejects as `create`. */
  async update(forwardId: string, fields: ForwardFields): Promise<void> {
    const running = this.#get(forwardId)
    this.#checkName(fields.name, forwardId)
    const before = running.view.forward
    const after: Forward = { ...fields, id: before.id, environment: before.environment }
    const isMoved = tunnelPart(before) !== tunnelPart(after)
    const wasOn = running.view.isOn
    if (isMoved && wasOn) await this.stop(forwardId)
    this.#update(running, { forward: after, ...(isMoved ? { localPort: after.localPort ?? 0 } : {}) })
    this.#setExpiry(running)
    await this.#save()
    if (isMoved && wasOn) this.start(forwardId)
  }

  /** Stops a forward and forgets it. Throws `unknown-forward`. */
  async delete(forwardId: string): Promise<void> {
    await this.stop(forwardId)
    this.#running.delete(forwardId)
    this.#options.changed()
    await this.#save()
  }

  /** Wants a forward on; its state tells what becomes of it. One that has failed tries again. Throws `unknown-forward`. */
  start(forwardId: string): void {
    const running = this.#get(forwardId)
    const { isOn, state } = running.view
    if (isOn && state.kind !== 'failed') return
    const opening = new AbortController()
    running.opening = opening
    const { endedBy: _endedBy, ...view } = running.view
    running.view = view
    // One that has failed was on all the time.
    if (!isOn) running.onSinceAt = this.#options.now()
    this.#update(running, { isOn: true, state: { kind: 'connecting' } })
    this.#setExpiry(running)
    running.work = running.work.then(() => this.#open(running, opening.signal))
  }

  /** Wants a forward off; resolves once its port is free and its session ended. Throws `unknown-forward`. */
  async stop(forwardId: string): Promise<void> {
    const running = this.#get(forwardId)
    const wasOn = running.view.isOn
    await this.#turnOff(running)
    if (wasOn) running.log.stopped()
  }

  /** Cuts a wait short. Throws `unknown-forward`. */
  retry(forwardId: string): void {
    const { view, tunnel } = this.#get(forwardId)
    if (!view.isOn) return
    if (view.state.kind === 'failed') this.start(forwardId)
    else tunnel?.retry()
  }

  /** Looks at each leg of the way of a forward that is on. Throws `unknown-forward`, and `usage` for one that is off. */
  async check(forwardId: string): Promise<readonly CheckedLeg[]> {
    const { tunnel } = this.#get(forwardId)
    if (tunnel === undefined) throw new AppError('usage', 'The forward is off. Turn it on first, then check it.')
    return tunnel.check()
  }

  /** The forward of this name. Throws `unknown-forward`, with the names that there are. */
  find(name: string): ForwardView {
    const found = this.views.find(({ forward }) => forward.name === name)
    if (found !== undefined) return found
    const names = this.views.map(({ forward }) => forward.name)
    throw new AppError(
      'unknown-forward',
      names.length === 0
        ? 'No forward is saved. Make one in the window first.'
        : `No forward is named "${name}". There are: ${names.join(', ')}.`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sampling)
    await Promise.all([...this.#running.keys()].map((id) => this.stop(id)))
  }

  /** Resolves once its port is free and its session ended. */
  async #turnOff(running: Running, endedBy?: WireError): Promise<void> {
    this.#update(running, { isOn: false, ...(endedBy === undefined ? {} : { endedBy }) })
    this.#setExpiry(running)
    running.opening.abort(new AppError('session-ended', 'The forward was turned off.'))
    running.work = running.work.then(() => this.#close(running))
    await running.work
  }

  /** Its own time is over. */
  async #expire(running: Running): Promise<void> {
    const span = spanWords((running.view.forward.expiresAfterMinutes ?? 0) * MINUTE_MS)
    const text = `The forward was set to end after ${span}, and has. Turn it on to start its time anew.`
    const error = toWireError(new AppError('forward-expired', text))
    await this.#turnOff(running, error)
    running.log.expired(error)
  }

  #setExpiry(running: Running): void {
    const { expiresAt: _expiresAt, ...view } = running.view
    const minutes = view.forward.expiresAfterMinutes
    const isLimited = view.isOn && minutes !== undefined
    running.view = {
      ...view,
      ...(isLimited ? { expiresAt: running.onSinceAt + minutes * this.#options.minuteMs } : {}),
    }
    this.#options.changed()
  }

  #add(forward: Forward): void {
    this.#running.set(forward.id, {
      view: {
        forward,
        isOn: false,
        state: { kind: 'off' },
        localPort: forward.localPort ?? 0,
        openConnections: 0,
      },
      tunnel: undefined,
      opening: new AbortController(),
      work: Promise.resolve(),
      log: new ForwardLog({
        journal: this.#options.journal,
        now: this.#options.now,
        view: () => this.#running.get(forward.id)?.view,
      }),
      meter: new HealthMeter(),
      onSinceAt: 0,
    })
  }

  /** Never rejects: a failure is the state. */
  async #open(running: Running, signal: AbortSignal): Promise<void> {
    const { environments, now } = this.#options
    const { forward } = running.view
    const { target, remotePort, remoteHost, localPort } = forward
    await running.tunnel?.[Symbol.asyncDispose]()
    running.tunnel = undefined
    if (signal.aborted) return
    const { lastError: _error, health: _health, ...view } = running.view
    running.meter = new HealthMeter()
    running.view = { ...view, state: { kind: 'connecting' }, openConnections: 0 }
    this.#options.changed()
    try {
      const environment = await environments.get(forward.environment)
      signal.throwIfAborted()
      const instance =
        target.kind === 'name'
          ? await environment.resolveTarget(target.name, signal)
          : { id: target.instanceId, name: '' }
      if (instance.name !== '') this.#update(running, { instance: { id: instance.id, name: instance.name } })
      running.tunnel = environment.startTunnel({
        target: instance.id,
        remotePort,
        ...(remoteHost === undefined ? {} : { remoteHost }),
        ...(localPort === undefined ? {} : { localPort }),
        maxConnections: () => running.view.forward.maxConnections,
        onListening: (port) => this.#keepPort(running, port),
        onState: (state) => this.#onState(running, state, signal),
        onEvent: (event) => this.#onEvent(running, event),
      })
    } catch (error) {
      if (signal.aborted) return
      this.#onState(running, { kind: 'failed', sinceAt: now(), error: toWireError(error) }, signal)
    }
  }

  #sample(): void {
    const now = this.#options.now()
    for (const running of this.#running.values()) {
      // By the clock and not by a timer: a computer that has slept is late for it, not longer open.
      if (running.view.expiresAt !== undefined && now >= running.view.expiresAt) void this.#expire(running)
      const { tunnel, meter } = running
      if (tunnel === undefined || running.view.lastUpAt === undefined) continue
      const health = meter.sample(tunnel.counters, now)
      if (JSON.stringify(health) !== JSON.stringify(running.view.health)) this.#update(running, { health })
      this.#forecast(running, tunnel.timeLeft)
    }
  }

  /** Tells how long the session may still live, where that has changed. */
  #forecast(running: Running, timeLeft: TimeLeft): void {
    const { state } = running.view
    if (state.kind !== 'up' || isSameTimeLeft(state, timeLeft)) return
    const { kind, sinceAt, sessionId } = state
    this.#update(running, { state: { kind, sinceAt, sessionId, ...timeLeft } })
  }

  async #close(running: Running): Promise<void> {
    await running.tunnel?.[Symbol.asyncDispose]()
    running.tunnel = undefined
    this.#update(running, { state: { kind: 'off' }, openConnections: 0 })
  }

  #onState(running: Running, state: TunnelState, signal: AbortSignal): void {
    if (signal.aborted) return
    running.log.state(running.view.state, state)
    this.#update(running, { state, ...(state.kind === 'up' ? { lastUpAt: this.#options.now() } : {}) })
  }

  /** The port that was chosen for a forward without one is its own from now on. */
  #keepPort(running: Running, port: number): void {
    const { forward } = running.view
    this.#update(running, { localPort: port })
    if (forward.localPort !== undefined) return
    this.#update(running, { forward: { ...forward, localPort: port } })
    this.#save().catch((error: unknown) => running.log.unsaved(toWireError(error)))
  }

  #onEvent(running: Running, event: TunnelEvent): void {
    const { openConnections } = running.view
    running.log.event(event)
    switch (event.kind) {
      case 'connection-opened':
        this.#update(running, { openConnections: openConnections + 1 })
        break
      case 'connection-closed':
        this.#update(running, { openConnections: Math.max(0, openConnections - 1) })
        break
      case 'connection-failed':
        this.#update(running, { lastError: { at: this.#options.now(), error: event.error } })
        break
      case 'resumed':
      case 'restarted':
      case 'notice':
        break
      default:
        event satisfies never
    }
  }

  #update(running: Running, change: Partial<ForwardView>): void {
    running.view = { ...running.view, ...change }
    this.#options.changed()
  }

  #get(forwardId: string): Running {
    const running = this.#running.get(forwardId)
    if (running === undefined) throw new AppError('unknown-forward', 'This forward was deleted. Make a new one.')
    return running
  }

  #checkName(name: string, ownId: string | undefined): void {
    const isTaken = this.views.some(({ forward }) => forward.name === name && forward.id !== ownId)
    if (isTaken) throw new AppError('name-taken', `Another forward is named "${name}". Choose another name.`)
  }

  #save(): Promise<void> {
    return this.#options.file.write(this.views.map(({ forward }) => forward))
  }
}

/** What a tunnel is made of; the rest of a forward may change while it is up. */
function tunnelPart({ target, remotePort, remoteHost, localPort }: Forward): string {
  return JSON.stringify([target, remotePort, remoteHost, localPort])
}
