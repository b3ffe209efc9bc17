// The socket of one channel: the wire that is attached now, its signs of life and its deadlines.
//
//   detached --attach--> attached --first frame of the agent--> proven
//      ^                    |                                     |
//      +---- lost: closed, silent, or taken away by the channel --+
//
// Owns the wire with its heartbeat, the opening deadline and the probe under way. Does not own what the frames mean, nor what
// is sent again on a new wire (channel.ts, sending.ts).

import { AppError } from '../../../shared/errors'
import type { MonotonicClock } from './clock'
import { Heartbeat, type HeartbeatTiming } from './heartbeat'
import { Opening, type OpeningOptions } from './opening'
import { Probe, type ProbeResult } from './probe'
import type { Wire } from './wire'

const SILENT_TEXT = 'Session Manager stopped answering. The connection is being renewed.'

/** How a connection is made, and what it reports. */
export interface ConnectionOptions {
  readonly heartbeat: HeartbeatTiming
  readonly now: MonotonicClock
  readonly opening: OpeningOptions
  /** A binary message of the attached wire. */
  readonly onFrame: (data: Buffer) => void
  /** The attached wire was closed or stays silent. The channel detaches it. */
  readonly onLost: (cause: AppError) => void
}

/** The successive wires of one channel, one at a time. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #opening: Opening
  #wire: Wire | undefined
  #heartbeat: Heartbeat | undefined
  #probe: Probe | undefined
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

  /** Takes over `wire` and sends `openMessage` on it. `isFresh`: the channel has not been ready yet. Call `detach` before. */
  attach(wire: Wire, openMessage: string, isFresh: boolean): void {
    this.#wire = wire
    this.#wiresAttached += 1
    this.#isProven = false
    const ifCurrent = (act: () => void): void => {
      if (wire === this.#wire) act()
    }
    wire.listen({
      message: (data) => ifCurrent(() => this.#options.onFrame(data)),
      pong: () =>
        ifCurrent(() => {
          this.#heartbeat?.heard()
          this.#probe?.pong()
        }),
      closed: (cause) => ifCurrent(() => this.#options.onLost(cause)),
    })
    wire.send(openMessage)
    this.#heartbeat = new Heartbeat({
      wire,
      timing: this.#options.heartbeat,
      now: this.#options.now,
      onDead: () => this.#options.onLost(new AppError('network', SILENT_TEXT)),
    })
    this.#opening.begin(isFresh)
  }

  /** Lets go of the wire, with all timers. Returns it for the caller to close; undefined where none is attached. */
  detach(): Wire | undefined {
    this.#probe?.end()
    this.#heartbeat?.stop()
    this.#opening.stop()
    const wire = this.#wire
    this.#wire = undefined
    return wire
  }

  /** Sends on the attached wire. Without one the frame is lost. */
  send(frame: Buffer): void {
    this.#wire?.send(frame)
  }

  /** Any frame came in. */
  heard(): void {
    this.#heartbeat?.heard()
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
}
