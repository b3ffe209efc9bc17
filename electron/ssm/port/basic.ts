// Port forwarding with agents that cannot multiplex: one connection after the other over one session.
//
//   connection 1 ... closed -> Flag 1 -> acknowledged -> connection 2 (its first byte makes the agent dial again)
//                                        └ reset, or a disturbed path: -> 3 s without output -^
//
// All connections share one stream of bytes, and nothing in it tells them apart. Output of connection 1 that was lost on the way comes
// after the acknowledgement of Flag 1, when the agent sends it again. It must not reach connection 2. So where the path was disturbed while
// connection 1 lasted, or its program has left within an answer, the next one waits until no output has come for a while. The agent
// repeats a message at least once a second; a connection that ends in order has been silent for that long (HALF_CLOSE_LINGER_MS).
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

// Longer than the agent waits before it repeats a message (1 s at most), also where one copy is lost as well.
const QUIET_MS = 3_000
// The longest time of a timer, 24 days. An outage delays the acknowledgement of the flag; without it no connection may follow.
const UNTIL_ACKNOWLEDGED_MS = 2_147_483_647
// Short, because other connections wait in line behind one that lingers.
const HALF_CLOSE_LINGER_MS = 1_000

/** What the line of connections needs of the layer below. */
export interface BasicOptions extends PortOptions {
  readonly channel: Pick<ReadyChannel, 'write' | 'send' | 'drained' | 'disturbances'>
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
  /** Runs while the next connection waits for quiet. */
  #quiet: NodeJS.Timeout | undefined

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
    // It belongs to the connection that ended, and more may follow.
    this.#quiet?.refresh()
  }

  hangUp(error: AppError): void {
    this.destroy(error)
  }

  destroy(error: AppError): void {
    this.#isDestroyed = true
    clearTimeout(this.#quiet)
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
    this.#quiet = undefined
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
    else this.#quiet = setTimeout(() => this.#next(), QUIET_MS)
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
