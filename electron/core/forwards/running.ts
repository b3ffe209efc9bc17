// One saved forward: switched on and off, and how it stands, for people.
//
// `isOn` is what the person wants, `state` what is. Owns its view, its own time limit and its lines of the journal; what runs
// while it is on is loop.ts. Switching off answers when the port is free. Does not own what is saved (forwards.ts).

import type { CheckedLeg, Forward, ForwardView, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { AppError, type WireError } from '../../../shared/errors'
import { monotonicNow } from '../../ssm/channel/clock'
import { checkState } from '../tunnels/check'
import { Ends } from '../async/closing'
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
  /** A port was chosen for it, which has none of its own yet. */
  readonly onPortChosen: (port: number) => void
  /** Whether a person has read that web pages can reach its port. */
  readonly isNoted: boolean
  /** When an earlier run had it up last, epoch ms. */
  readonly lastUpAt?: number
}

/** A saved forward. Disposing switches it off and resolves once all its sessions have ended. */
export class RunningForward implements AsyncDisposable {
  readonly #options: RunningForwardOptions
  readonly #log: ForwardLog
  /** Of sessions that are being ended behind an answer. */
  readonly #ends = new Ends()
  readonly #kept: KeptView
  /** While it is on, also where it has failed. */
  #loop: ForwardLoop | undefined
  /** Settled once the port of the loop before is free, however fast a person switches. Never rejects. */
  #freed: Promise<void> = Promise.resolve()
  #meter = new HealthMeter()
  /** The port that was chosen for it and may not have been saved yet. */
  #chosenPort: number | undefined

  /** It is off. */
  constructor(options: RunningForwardOptions) {
    const { timing, journal } = options
    this.#options = options
    this.#kept = new KeptView({ ...options, minuteMs: () => timing.minuteMs })
    this.#log = new ForwardLog({ journal, now: monotonicNow, view: () => this.#view })
  }

  /** As it is shown: counters may be 250 ms old. Another object after each change. */
  get view(): ForwardView {
    return this.#kept.shown
  }

  /** Epoch ms of when a person turned it on; 0: not in this run. */
  get onSinceAt(): number {
    return this.#kept.onSinceAt
  }

  /** See `RunningForwardOptions`. */
  get isNoted(): boolean {
    return this.#kept.isNoted
  }

  /** A person has read that web pages can reach its port. */
  acknowledge(): void {
    this.#kept.isNoted = true
    this.#kept.update({})
  }

  /** Wants it on; its state tells what becomes of it. One that has failed tries again. */
  start(): void {
    const { isOn, state } = this.#view
    if (isOn && state.kind !== 'failed') return
    // One that has failed was on all the time.
    if (!isOn) this.#kept.onSinceAt = this.#options.now()
    this.#run()
  }

  /**
   * Turns it on as an earlier run had it. Its own limit goes on from `onSinceAt`, when a person had turned it on: where that is
   * over, it stays off and says so.
   */
  resume(onSinceAt: number): void {
    const now = this.#options.now()
    const { forward } = this.#view
    // A clock that was set back must not lengthen the limit.
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

  /** Wants it off; resolves once its port is free. Its session is ended behind that. */
  async stop(): Promise<void> {
    const wasOn = this.#view.isOn
    await this.#turnOff()
    if (wasOn && !this.#view.isOn) this.#log.stopped()
  }

  /** Cuts a wait short; one that has failed tries again. */
  retry(): void {
    if (!this.#view.isOn) return
    if (this.#view.state.kind === 'failed') this.start()
    else this.#loop?.retry()
  }

  /** Tries at once what waits for its time. */
  wake(): void {
    this.#loop?.wake()
  }

  /** Looks at each leg of the way. Throws `usage` for one that is off. */
  async check(): Promise<readonly CheckedLeg[]> {
    const { isOn, state } = this.#view
    if (!isOn) throw new AppError('usage', 'The forward is off. Turn it on first, then check it.')
    const loop = this.#loop
    const legs = await (loop?.tunnel?.check() ?? checkState(state))
    // It may have been turned off, or moved to another destination, meanwhile.
    if (loop === this.#loop && this.#view.state.kind === 'up') this.#learn(checkedFault(legs))
    return legs
  }

  /** It was saved with other fields; one that is on is opened again where they reach its tunnel. */
  change(forward: Forward): void {
    const isMoved = !isSameWay(this.#withPort(forward), this.#withPort(this.#view.forward))
    if (forward.localPort !== undefined || isMoved) this.#chosenPort = undefined
    this.#kept.update({ forward, ...(isMoved ? { localPort: forward.localPort ?? 0 } : {}) })
    if (isMoved && this.#view.isOn) this.#run()
  }

  /** Its chosen port could not be saved. */
  unsaved(error: WireError): void {
    this.#log.unsaved(error)
  }

  /** Looks at its own limit and at the counters of its tunnel. Called every few seconds. */
  sample(): void {
    const now = this.#options.now()
    // By the clock and not by a timer: a computer that has slept is late for it, not longer open.
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
    const { environments, timing, now } = this.#options
    const loop = new ForwardLoop(
      {
        forward: this.#withPort(this.#view.forward),
        environments,
        timing,
        now,
        maxConnections: () => this.#view.forward.maxConnections,
        onInstance: (instance) => this.#kept.update({ instance }),
        onListening: (port) => this.#onListening(port),
        onState: (state) => this.#onState(state),
        onEvent: (event) => this.#onEvent(event),
      },
      this.#freed,
    )
    this.#loop = loop
  }

  /** With the port that was chosen for it, where it has none of its own. */
  #withPort(forward: Forward): Forward {
    const localPort = forward.localPort ?? this.#chosenPort
    return localPort === undefined ? forward : { ...forward, localPort }
  }

  /** Lets go of what runs: it tells nothing any more, and its port is free once `#freed` is settled. */
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
    // It may be on again by now.
    if (!this.#view.isOn) this.#kept.update({ state: { kind: 'off' }, openConnections: 0 })
  }

  /** Its own time is over. */
  async #expire(): Promise<void> {
    const error = limitError(this.#view.forward)
    await this.#turnOff(error)
    this.#log.expired(error)
  }

  #onState(state: TunnelState): void {
    this.#log.state(this.#view.state, state)
    this.#kept.update({ state })
  }

  /** The port that was chosen for a forward without one is its own from now on. */
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
        // An agent without a multiplexer ends the whole session where it cannot connect.
        if (isAboutDestination(event.cause)) this.#loseDestination(event.cause)
        break
      case 'resumed':
      case 'notice':
        break
      default:
        event satisfies never
    }
  }

  /** Takes what a check has found. */
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
    // A storm of refused connections says the same over and over.
    if (code !== error.code || message !== error.message) this.#kept.gather({ destination: { ...destination, error } })
  }

  #reachDestination(): void {
    if (this.#view.destination === undefined) return
    this.#kept.reachDestination()
    this.#log.destinationReached()
  }

  /** The view as it is now, shown or not. */
  get #view(): ForwardView {
    return this.#kept.now
  }
}
