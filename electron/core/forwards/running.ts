// One saved forward: turning it on and off, and its view.
//
// `isOn` is the person's wish, `state` the present condition. Owns the view, the forward's own time limit and its journal lines.
// While the forward is on, a `ForwardLoop` (loop.ts) runs it. Turning off resolves when the port is free. forwards.ts saves it.

import type { CheckedLeg, Forward, ForwardView, TunnelEvent } from '../../../shared/model/forward'
import { AppError, type WireError } from '../../../shared/errors'
import { monotonicNow } from '../../ssm/channel/clock'
import { checkState } from '../tunnels/check'
import { Ends } from '../async/closing'
import type { FoundHost } from '../environments/finding'
import type { Environments } from '../environments/environments'
import { checkedFault, isAboutDestination, type CheckedFault } from './destination'
import { limitEndsAt, limitError } from './limit'
import { ForwardLog } from './log'
import { ForwardLoop, isSameWay } from './loop'
import { HealthMeter } from '../tunnels/health'
import type { Journal } from '../store/journal'
import type { Timing } from '../sessions/timing'
import { KeptView } from './view'

/** What a forward needs. */
export interface RunningForwardOptions {
  readonly forward: Forward
  readonly environments: Environments
  readonly journal: Journal
  readonly now: () => number
  readonly timing: Timing
  /** Called after each change of its view. */
  readonly changed: () => void
  /** Called with the port that was chosen for a forward without one. */
  readonly onPortChosen: (port: number) => void
  /** Whether a person has read that web pages can reach its port. */
  readonly isNoted: boolean
  /** When the forward was up last in an earlier run, epoch ms. */
  readonly lastUpAt?: number
}

/** A saved forward. Disposing turns it off and resolves once all its sessions have ended. */
export class RunningForward implements AsyncDisposable {
  readonly #options: RunningForwardOptions
  readonly #log: ForwardLog
  /** The ends of loops that were released. */
  readonly #ends = new Ends()
  readonly #kept: KeptView
  /** Present while the forward is on, also after it has failed. */
  #loop: ForwardLoop | undefined
  /** Resolves once the loop before has freed its port; the next loop waits for that. */
  #freed: Promise<void> = Promise.resolve()
  #meter = new HealthMeter()
  /** The port that was chosen for a forward without one, until it is saved. */
  #chosenPort: number | undefined

  /** The forward begins off. */
  constructor(options: RunningForwardOptions) {
    const { timing, journal } = options
    this.#options = options
    this.#kept = new KeptView({ ...options, minuteMs: () => timing.minuteMs })
    this.#log = new ForwardLog({ journal, now: monotonicNow, view: () => this.#view })
  }

  /** The view that windows are shown. Its counters may be 250 ms old. Each change makes a new object. */
  get view(): ForwardView {
    return this.#kept.shown
  }

  /** When a person turned the forward on, epoch ms; 0: not in this run. */
  get onSinceAt(): number {
    return this.#kept.onSinceAt
  }

  /** The newest session of its tunnel; undefined: there is none, or it is off. */
  get sessionId(): string | undefined {
    return this.#loop?.tunnel?.sessionId || undefined
  }

  /** See `RunningForwardOptions`. */
  get isNoted(): boolean {
    return this.#kept.isNoted
  }

  /** Notes that a person has read that web pages can reach the port. */
  acknowledge(): void {
    this.#kept.isNoted = true
    this.#kept.update({})
  }

  /** Turns the forward on, or tries again if it has failed. Its state tells the result. */
  start(): void {
    const { isOn, state } = this.#view
    if (isOn && state.kind !== 'failed') return
    // A forward that has failed has been on all the time: its limit goes on.
    if (!isOn) this.#kept.onSinceAt = this.#options.now()
    this.#run()
  }

  /**
   * Turns the forward on as it was in an earlier run. Its own limit counts from `onSinceAt`, when a person turned it on. If the
   * limit has ended meanwhile, the forward stays off and its view says why.
   */
  resume(onSinceAt: number): void {
    const now = this.#options.now()
    const { forward } = this.#view
    // If the clock was set back, the limit must not become longer.
    this.#kept.onSinceAt = Math.min(onSinceAt, now)
    const endsAt = limitEndsAt(forward, this.#kept.onSinceAt, this.#options.timing.minuteMs)
    if (endsAt === undefined || now < endsAt) {
      this.#run()
      return
    }
    const error = limitError(forward)
    this.#kept.update({ endedBy: error })
    this.#log.expired(error)
  }

  /** Turns the forward off and resolves once its port is free. Its session ends after that. */
  async stop(): Promise<void> {
    const wasOn = this.#view.isOn
    await this.#turnOff()
    if (wasOn && !this.#view.isOn) this.#log.stopped()
  }

  /** Ends a wait, or starts again after a failure. */
  retry(): void {
    if (!this.#view.isOn) return
    if (this.#view.state.kind === 'failed') this.start()
    else this.#loop?.retry()
  }

  /** Ends a wait: the forward tries again now. */
  wake(): void {
    this.#loop?.wake()
  }

  /** Checks each leg from here to the destination. Throws `usage` if the forward is off. */
  async check(): Promise<readonly CheckedLeg[]> {
    const { isOn, state } = this.#view
    if (!isOn) throw new AppError('usage', 'The forward is off. Turn it on first, then check it.')
    const loop = this.#loop
    const legs = await (loop?.tunnel?.check() ?? checkState(state))
    // During the check the forward may have been turned off or given another destination.
    if (loop === this.#loop && this.#view.state.kind === 'up') this.#learn(checkedFault(legs))
    return legs
  }

  /** Takes other saved fields. If the forward is on and they need another tunnel, opens it again. */
  change(forward: Forward): void {
    const isMoved = !isSameWay(this.#withPort(forward), this.#withPort(this.#view.forward))
    if (forward.localPort !== undefined || isMoved) this.#chosenPort = undefined
    this.#kept.update({ forward, ...(isMoved ? { localPort: forward.localPort ?? 0 } : {}) })
    if (isMoved && this.#view.isOn) this.#run()
  }

  /** Writes to the journal that the chosen port could not be saved. */
  unsaved(error: WireError): void {
    this.#log.unsaved(error)
  }

  /** Compares the clock with the forward's own limit, and reads the counters of its tunnel. Called every 3 s. */
  sample(): void {
    const now = this.#options.now()
    // By the clock and not by a timer: a timer stops while the computer sleeps, and the forward would stay on for longer.
    if (this.#view.expiresAt !== undefined && now >= this.#view.expiresAt) void this.#expire()
    const tunnel = this.#loop?.tunnel
    if (tunnel === undefined || this.#view.lastUpAt === undefined) return
    const health = this.#meter.sample(tunnel.counters, monotonicNow())
    if (JSON.stringify(health) !== JSON.stringify(this.#view.health)) this.#kept.gather({ health })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    this.#kept[Symbol.dispose]()
    await this.#ends.idle()
  }

  #run(): void {
    this.#leave()
    this.#meter = new HealthMeter()
    this.#kept.start()
    this.#loop = new ForwardLoop(
      {
        ...this.#options,
        forward: this.#withPort(this.#view.forward),
        maxConnections: () => this.#kept.limited.maxConnections,
        onHost: (found) => this.#onHost(found),
        onListening: (port) => this.#onListening(port),
        onState: (state) => {
          this.#log.state(this.#view.state, state)
          this.#kept.update({ state })
        },
        onEvent: (event) => this.#onEvent(event),
      },
      this.#freed,
    )
  }

  /** Adds the chosen port to a forward that has none of its own. */
  #withPort(forward: Forward): Forward {
    const localPort = forward.localPort ?? this.#chosenPort
    return localPort === undefined ? forward : { ...forward, localPort }
  }

  /** Releases the loop, which makes no callback from then on. Its port is free once `#freed` has resolved. */
  #leave(): void {
    const loop = this.#loop
    if (loop === undefined) return
    this.#loop = undefined
    this.#freed = loop.release()
    void this.#ends.add(loop[Symbol.asyncDispose]())
  }

  /** Resolves once its port is free. */
  async #turnOff(endedBy?: WireError): Promise<void> {
    this.#kept.update({ isOn: false, ...(endedBy === undefined ? {} : { endedBy }) })
    this.#leave()
    await this.#freed
    // A person may have turned it on again meanwhile.
    if (!this.#view.isOn) this.#kept.update({ state: { kind: 'off' }, openConnections: 0 })
  }

  /** Turns the forward off because its own limit has ended. */
  async #expire(): Promise<void> {
    const error = limitError(this.#kept.limited)
    await this.#turnOff(error)
    this.#log.expired(error)
  }

  #onHost({ instance: { id, name }, hosts, saved }: FoundHost): void {
    this.#kept.saved = saved
    this.#kept.update({ instance: { id, name }, ...(hosts === undefined ? {} : { hosts }) })
  }

  /** Keeps the port that was chosen for a forward without one. */
  #onListening(port: number): void {
    this.#kept.update({ localPort: port })
    if (this.#view.forward.localPort !== undefined) return
    this.#chosenPort = port
    this.#options.onPortChosen(port)
  }

  #onEvent(event: TunnelEvent): void {
    const { openConnections } = this.#view
    this.#log.event(event)
    switch (event.kind) {
      case 'connection-opened':
        this.#kept.gather({ openConnections: openConnections + 1 })
        break
      case 'connection-closed':
        this.#kept.gather({ openConnections: Math.max(0, openConnections - 1) })
        break
      case 'connection-failed':
        this.#kept.gather({ lastError: { at: this.#options.now(), error: event.error } })
        if (isAboutDestination(event.error)) this.#loseDestination(event.error)
        break
      case 'connection-answered':
        this.#reachDestination()
        break
      case 'restarted':
        // An agent without a multiplexer ends the whole session when it cannot reach the destination.
        if (isAboutDestination(event.cause)) this.#loseDestination(event.cause)
        break
      case 'resumed':
      case 'moved':
      case 'notice':
        break
      default:
        event satisfies never
    }
  }

  /** Updates the view with the result of a check. */
  #learn(found: CheckedFault): void {
    if (found.kind === 'fault') this.#loseDestination(found.error)
    if (found.kind === 'reached') this.#reachDestination()
  }

  #loseDestination(error: WireError): void {
    const { destination } = this.#view
    if (destination === undefined) {
      this.#kept.update({ destination: { sinceAt: this.#options.now(), error } })
      this.#log.destinationLost(error)
      return
    }
    const { code, message } = destination.error
    // Many refused connections bring the same error: the view stays the same.
    if (code !== error.code || message !== error.message) this.#kept.gather({ destination: { ...destination, error } })
  }

  #reachDestination(): void {
    if (this.#view.destination === undefined) return
    this.#kept.reachDestination()
    this.#log.destinationReached()
  }

  /** The view with every change, also those that are not shown yet. */
  get #view(): ForwardView {
    return this.#kept.now
  }
}
