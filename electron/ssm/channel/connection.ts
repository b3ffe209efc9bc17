// The socket of one channel: the wire that is attached now, its signs of life and its deadlines.
//
//   detached --attach--> attached --first frame of the agent--> proven
//      ^                    |                                     |
//      +---- lost: closed, silent, or taken away by the channel --+
//
// Beside the attached wire there may be a second one that is offered (candidate.ts). It becomes the attached one without a loss.
// Owns both wires, the heartbeat, the opening deadline and the probe under way. Does not own what the frames mean, nor what
// is sent again on a new wire (channel.ts, sending.ts).

import { AppError } from '../../../shared/errors'
import { Candidate, type Offered, type OfferOptions } from './candidate'
import type { MonotonicClock } from './clock'
import { Heartbeat, type HeartbeatTiming } from './heartbeat'
import { Opening, type OpeningOptions } from './opening'
import { Probe, type ProbeResult } from './probe'
import type { Wire } from './wire'

// More than the backlog limit and one whole replay of the store. A socket with this much untaken data is stuck.
const HARD_WIRE_BACKLOG_BYTES = 8 * 1_048_576
const BACKLOG_TEXT = 'Session Manager sends but takes nothing. The connection is being renewed.'
const CLOSE_NORMAL = 1_000
const SILENT_TEXT = 'Session Manager stopped answering. The connection is being renewed.'

/** How a connection is made, and what it reports. */
export interface ConnectionOptions {
  readonly heartbeat: HeartbeatTiming
  readonly now: MonotonicClock
  readonly opening: OpeningOptions
  /** A binary message of the attached wire, or of the offered one. */
  readonly onFrame: (data: Buffer) => void
  /** The attached wire was closed or stays silent. The channel detaches it. */
  readonly onLost: (cause: AppError) => void
}

/** The successive wires of one channel. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #opening: Opening
  #wire: Wire | undefined
  #heartbeat: Heartbeat | undefined
  #probe: Probe | undefined
  #candidate: Candidate | undefined
  /** The wire of the frame that is handled now. */
  #heardOn: Wire | undefined
  #isProven = false
  #wiresAttached = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#opening = new Opening(options.opening)
  }

  /** Bytes that the wire has not taken yet. */
  get backlogBytes(): number {
    return this.#wire?.bufferedBytes ?? 0
  }

  /** How many wires were attached so far. */
  get wiresAttached(): number {
    return this.#wiresAttached
  }

  /** Whether the attached wire replaces an earlier one. */
  get isReplacement(): boolean {
    return this.#wiresAttached > 1
  }

  /** Whether a wire is attached. */
  get isAttached(): boolean {
    return this.#wire !== undefined
  }

  /** Whether the frame that is handled now came over the offered wire. */
  get isHeardOnOffer(): boolean {
    return this.#heardOn !== undefined && this.#heardOn === this.#candidate?.wire
  }

  /** Takes over `wire` and sends `openMessage` on it. `isFresh`: the channel has not been ready yet. Call `detach` before. */
  attach(wire: Wire, openMessage: string, isFresh: boolean): void {
    this.#listen(wire)
    wire.send(openMessage)
    this.#use(wire, isFresh)
  }

  /** Sends `openMessage` on `wire`, and lets it prove itself while the attached wire goes on. Withdraws a wire offered before. */
  offer(wire: Wire, openMessage: string, options: OfferOptions): Promise<Offered> {
    this.withdraw()
    this.#listen(wire)
    wire.send(openMessage)
    const candidate = new Candidate(wire, options)
    this.#candidate = candidate
    options.ask()
    return candidate.outcome
  }

  /** Makes the offered wire the attached one, and closes the one before. Returns it; undefined where none is offered. */
  takeOver(): Wire | undefined {
    const candidate = this.#candidate
    if (candidate === undefined) return undefined
    this.#candidate = undefined
    this.#release()?.close(CLOSE_NORMAL)
    this.#use(candidate.wire, false)
    candidate.end('taken')
    return candidate.wire
  }

  /** Closes the offered wire, if there is one. */
  withdraw(): void {
    const candidate = this.#candidate
    this.#candidate = undefined
    candidate?.wire.close(CLOSE_NORMAL)
    candidate?.end('closed')
  }

  /** Lets go of the wire, with all timers, for the caller to close, and closes an offered one. Undefined where none is attached. */
  detach(): Wire | undefined {
    this.withdraw()
    return this.#release()
  }

  /** Sends on the attached wire. Without one the frame is lost. */
  send(frame: Buffer): void {
    this.#wire?.send(frame)
  }

  /** The agent has acknowledged something. */
  acknowledged(): void {
    this.#probe?.acknowledged()
  }

  /** The channel is ready: the opening deadline of this wire is met. */
  opened(): void {
    this.#opening.stop()
  }

  /** The agent has sent something. True at the first time on a wire that replaces another one. */
  prove(): boolean {
    if (this.#isProven) return false
    this.#isProven = true
    return this.isReplacement
  }

  /** Pings now. A wire that does not answer within 5 s is lost. */
  wake(): void {
    this.#heartbeat?.probe()
  }

  /**
   * Asks both ends for a sign of life: the service by a ping, the agent by `askAgent`. A second call while one is under way
   * gets the same result. Without a wire it resolves at once, without times.
   */
  async probe(timeoutMs: number, askAgent: () => void): Promise<ProbeResult> {
    const wire = this.#wire
    if (wire === undefined) return { serviceMs: undefined, agentMs: undefined }
    if (this.#probe === undefined) {
      this.#probe = new Probe(timeoutMs)
      wire.ping()
      askAgent()
    }
    const { result } = this.#probe
    return result.finally(() => {
      this.#probe = undefined
    })
  }

  #use(wire: Wire, isFresh: boolean): void {
    this.#wire = wire
    this.#wiresAttached += 1
    this.#isProven = false
    this.#heartbeat = new Heartbeat({
      wire,
      timing: this.#options.heartbeat,
      now: this.#options.now,
      onDead: () => this.#options.onLost(new AppError('network', SILENT_TEXT)),
    })
    this.#opening.begin(isFresh)
  }

  #release(): Wire | undefined {
    this.#probe?.end()
    this.#heartbeat?.stop()
    this.#opening.stop()
    const wire = this.#wire
    this.#wire = undefined
    return wire
  }

  /** A wire may be offered first and attached later, so each event asks what the wire is now. */
  #listen(wire: Wire): void {
    wire.listen({
      message: (data) => {
        if (wire !== this.#wire && wire !== this.#candidate?.wire) return
        if (wire === this.#wire && wire.bufferedBytes > HARD_WIRE_BACKLOG_BYTES) {
          this.#options.onLost(new AppError('network', BACKLOG_TEXT))
          return
        }
        if (wire === this.#wire) this.#heartbeat?.heard()
        this.#heardOn = wire
        this.#options.onFrame(data)
        this.#heardOn = undefined
      },
      pong: () => {
        if (wire !== this.#wire) return
        this.#heartbeat?.heard()
        this.#probe?.pong()
      },
      closed: (cause) => {
        if (wire === this.#wire) this.#options.onLost(cause)
        else if (wire === this.#candidate?.wire) this.withdraw()
      },
    })
  }
}
