// Port forwarding with agents that cannot multiplex: one connection after the other over one session.
//
//   connection 1 ... closed -> Flag 1 -> acknowledged -> connection 2 (its first byte makes the agent dial again)
//                                        └ reset, or a disturbed path: -> 3 s of calm -^
//
// All connections share one stream of bytes, and nothing in it tells them apart. Output of connection 1 that was lost on the way comes
// after the acknowledgement of Flag 1, when the agent sends it again. It must not reach connection 2. So where the path was disturbed while
// connection 1 lasted, or its program has left within an answer, the next one waits for calm: no output, no disturbance, and an agent that
// answers. The agent repeats a message at least once a second; a connection that ends in order has been silent for that long
// (HALF_CLOSE_LINGER_MS). Silence of a path that is down proves nothing, so the agent is asked each second.
// Connections that come meanwhile wait in line; their bytes stay in their sockets. The agent does not report that the destination
// hung up, so a local connection stays open until the local program closes it (D18).
// Source: specification §8.3.

import type { Duplex } from 'node:stream'
import type { AppError } from '../../../shared/errors'
import type { ReceiveBudget } from './budget'
import type { ReadyChannel } from '../channel/handlers'
import { HeldDuplex } from './held'
import { Flag, PayloadType } from '../codec/message'
import { formatFlag } from '../codec/payloads'
import type { Port, PortOptions, WriteBytes } from './port'

// Three spans in a row are longer than the agent waits before it repeats a message (1 s at most), also where one copy is lost as well.
const CALM_MS = 1_000
const CALM_SPANS = 3
// A span grows where the agent does not answer within it: the way to it may be slow.
const MAX_CALM_MS = 8_000
// The longest time of a timer, 24 days. An outage delays the acknowledgement of the flag; without it no connection may follow.
const UNTIL_ACKNOWLEDGED_MS = 2_147_483_647
// Short, because other connections wait in line behind one that lingers.
const HALF_CLOSE_LINGER_MS = 1_000

/** What the line of connections needs of the layer below. */
export interface BasicOptions extends PortOptions {
  readonly channel: Pick<ReadyChannel, 'write' | 'send' | 'drained' | 'disturbances' | 'probe'>
}

/** The line of connections of one basic session. */
export class BasicPort implements Port {
  readonly mode = 'basic'
  readonly halfCloseLingerMs = HALF_CLOSE_LINGER_MS
  readonly canTerminateByFlag: boolean
  readonly #channel: BasicOptions['channel']
  readonly #budget: ReceiveBudget
  #line: BasicStream[] = []
  #current: BasicStream | undefined
  // The agent dials at session start, so bytes of the first connection may come before `open`. They wait in this stream.
  #unclaimed: BasicStream | undefined
  #isDestroyed = false
  /** Disturbances of the path before the current connection began. */
  #disturbancesBefore: number
  /** Runs while the next connection waits for calm. */
  #calm: NodeJS.Timeout | undefined
  /** Whether output came in the present span of calm. */
  #hasOutput = false

  constructor(options: BasicOptions) {
    this.canTerminateByFlag = options.canTerminateByFlag
    this.#channel = options.channel
    this.#budget = options.budget
    this.#unclaimed = this.#create()
    this.#current = this.#unclaimed
    this.#disturbancesBefore = this.#channel.disturbances
    this.#current.start()
  }

  open(): Duplex {
    const first = this.#unclaimed
    this.#unclaimed = undefined
    if (first !== undefined) return first
    const stream = this.#create()
    this.#line.push(stream)
    if (this.#current === undefined) this.#next()
    return stream
  }

  receive(payloadType: number, payload: Buffer): void {
    if (payloadType !== PayloadType.output) return
    this.#current?.receive(payload)
    // While the next connection waits, it belongs to the one that ended, and more may follow.
    this.#hasOutput = true
  }

  hangUp(error: AppError): void {
    this.destroy(error)
  }

  destroy(error: AppError): void {
    this.#isDestroyed = true
    clearTimeout(this.#calm)
    for (const stream of [this.#current, ...this.#line]) stream?.destroy(error)
  }

  #create(): BasicStream {
    const stream: BasicStream = new BasicStream({
      budget: this.#budget,
      write: (bytes, done) => this.#channel.write(bytes, done),
      closed: () => this.#onClosed(stream),
    })
    return stream
  }

  #next(): void {
    this.#calm = undefined
    this.#disturbancesBefore = this.#channel.disturbances
    this.#current = this.#line.shift()
    this.#current?.start()
  }

  #onClosed(stream: BasicStream): void {
    if (this.#isDestroyed) return
    if (stream === this.#unclaimed) this.#unclaimed = undefined
    this.#line = this.#line.filter((waiting) => waiting !== stream)
    // The closed stream stays the current one until the flag is acknowledged: output until then belongs to it and is dropped.
    if (stream !== this.#current) return
    this.#channel.send(PayloadType.flag, formatFlag(Flag.disconnectToPort))
    void this.#channel.drained(UNTIL_ACKNOWLEDGED_MS).then((isAcknowledged) => {
      if (isAcknowledged && !this.#isDestroyed) this.#changeOver(stream)
    })
  }

  /** The agent has closed `last`: the next connection begins, at once or when no output of the last can come. */
  #changeOver(last: BasicStream): void {
    if (last.writableFinished && this.#channel.disturbances === this.#disturbancesBefore) this.#next()
    else this.#listen(CALM_MS, 0)
  }

  /** Waits for a span, and for further ones until enough in a row were calm. */
  #listen(spanMs: number, calmSpans: number): void {
    const { disturbances } = this.#channel
    let hasAnswered = false
    this.#hasOutput = false
    void this.#channel.probe(spanMs).then(({ agentMs }) => {
      hasAnswered = agentMs !== undefined
    })
    this.#calm = setTimeout(() => {
      const isCalm = !this.#hasOutput && this.#channel.disturbances === disturbances
      if (!hasAnswered) this.#listen(Math.min(2 * spanMs, MAX_CALM_MS), 0)
      else if (!isCalm) this.#listen(spanMs, 0)
      else if (calmSpans + 1 < CALM_SPANS) this.#listen(spanMs, calmSpans + 1)
      else this.#next()
    }, spanMs)
  }
}

interface BasicStreamOptions {
  readonly write: WriteBytes
  readonly budget: ReceiveBudget
  readonly closed: () => void
}

class BasicStream extends HeldDuplex {
  readonly #send: WriteBytes
  readonly #closed: () => void
  #isStarted = false
  #waiting: (() => void) | undefined

  constructor(options: BasicStreamOptions) {
    super(options.budget)
    this.#send = options.write
    this.#closed = options.closed
  }

  /** The stream is the current one now: sends what was written to it. */
  start(): void {
    this.#isStarted = true
    this.#waiting?.()
    this.#waiting = undefined
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const send = (): void => this.#send(chunk, callback)
    if (this.#isStarted) send()
    else this.#waiting = send
  }

  // Flag 1 closes the destination's socket in both directions.
  override _final(callback: (error?: Error | null) => void): void {
    this.remoteEnded()
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#closed()
    super._destroy(error, callback)
  }
}
