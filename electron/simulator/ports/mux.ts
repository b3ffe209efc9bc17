// The agent's port plugin with multiplexing: an smux v1 server over the session's Output payloads.
//
// One loop dials the destination for each SYN, strictly one after the other. All streams share one receive budget of
// 4 MiB: when it is used up the agent's reader blocks, for every stream. A dial that fails is told twice: a Flag message
// without any stream id, sent directly and so first, and the FIN of the stream. Source: specification §8.4, §8.5.

import { deferred, type Deferred } from '../../../shared/deferred'
import { Flag, PayloadType } from '../../ssm/codec/message'
import {
  FrameCommand,
  FrameParser,
  MAX_FRAME_DATA_BYTES,
  encodeFrameHeader,
  type FramePiece,
} from '../../ssm/codec/frame'
import { formatFlag, parseFlag } from '../../ssm/codec/payloads'
import { REFUSAL_DELAY_MS, refusalOf, type Destination } from './basic'
import { MuxStream, type MuxStreamOwner } from './muxstream'
import type { Handled, Plugin, PluginSession } from '../agent/plugin'
import { Pump } from '../agent/pump'

const RECEIVE_BUDGET_BYTES = 4 * 1_024 * 1_024
/** Streams that may wait to be dialled; one more blocks the reader. */
const ACCEPT_BACKLOG = 1_024
const KEEP_ALIVE_INTERVAL_MS = 10_000
/** Checked by a timer of this interval, so silence is noticed after 30 to 60 s. */
const KEEP_ALIVE_TIMEOUT_MS = 30_000

/** What a {@link MuxPlugin} is told. */
export interface MuxPluginOptions {
  readonly destination: Destination
  readonly hasKeepAlive: boolean
}

/** Serves the streams of one session. Owns their connections, the dial loop and the keepalive timers. */
export class MuxPlugin implements Plugin, MuxStreamOwner {
  readonly #session: PluginSession
  readonly #destination: Destination
  readonly #pump: Pump
  readonly #parser = new FrameParser()
  readonly #streams = new Map<number, MuxStream>()
  readonly #accepted: MuxStream[] = []
  readonly #readable: MuxStream[] = []
  readonly #abort = new AbortController()
  readonly #timers: NodeJS.Timeout[] = []
  #heldBytes = 0
  #hasRoom = true
  #isDialling = false
  #isBroken = false
  #hasHeard = true
  #room: Deferred<void> | undefined
  #isReady = false
  #disposal: Promise<void> | undefined

  constructor(session: PluginSession, options: MuxPluginOptions) {
    this.#session = session
    this.#destination = options.destination
    this.#pump = new Pump(session, {
      payloadType: PayloadType.output,
      isPaced: session.settings.isPaced,
      onRoom: () => {
        this.#hasRoom = true
        this.#fill()
      },
    })
    const refusal = refusalOf(options.destination, session)
    if (refusal !== undefined) {
      const fail = (): void => session.finish({ status: 'Failed', output: refusal })
      this.#timers.push(setTimeout(fail, REFUSAL_DELAY_MS))
      return
    }
    this.#isReady = true
    this.#pump.start()
    if (options.hasKeepAlive) this.#keepAlive()
  }

  receive(payloadType: number, payload: Buffer): Handled {
    if (!this.#isReady) return 'not-ready'
    if (payloadType === PayloadType.flag) {
      // Flag 1 means nothing here; Flag 2 ends the session.
      if (parseFlag(payload) === Flag.terminateSession) {
        void this.dispose()
        this.#session.finish({ status: 'Success', output: '' })
      }
      return 'handled'
    }
    if (payloadType !== PayloadType.output || this.#isBroken) return 'handled'
    this.#hasHeard = true
    try {
      for (const frame of this.#parser.push(payload)) this.#take(frame)
    } catch {
      this.#isBroken = true
      this.#session.finish({ status: 'Failed', output: 'smux: invalid protocol' })
      return 'handled'
    }
    return this.#isOverBudget() ? this.#blocked() : 'handled'
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#close()
    return this.#disposal
  }

  async #close(): Promise<void> {
    this.#isBroken = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#abort.abort()
    this.#pump.dispose()
    this.#room?.resolve()
    await Promise.all([...this.#streams.values()].map((stream) => stream.end()))
  }

  onTaken(bytes: number): void {
    this.#heldBytes -= bytes
    this.#unblockWithinBudget()
  }

  onReadable(stream: MuxStream): void {
    if (!this.#readable.includes(stream)) this.#readable.push(stream)
    this.#fill()
  }

  onClosed(stream: MuxStream): void {
    if (!this.#streams.delete(stream.id) || this.#isBroken) return
    this.#pump.write(encodeFrameHeader(FrameCommand.fin, stream.id))
  }

  #take(frame: FramePiece): void {
    switch (frame.command) {
      case FrameCommand.syn:
        this.#accept(frame.streamId)
        return
      case FrameCommand.push: {
        const stream = this.#streams.get(frame.streamId)
        if (stream === undefined) return
        this.#heldBytes += frame.data.length
        stream.push(frame.data)
        return
      }
      case FrameCommand.fin:
        this.#streams.get(frame.streamId)?.fin()
        return
      case FrameCommand.nop:
      case FrameCommand.update:
        return
    }
  }

  #accept(id: number): void {
    if (this.#streams.has(id)) return
    const stream = new MuxStream(id, this)
    this.#streams.set(id, stream)
    this.#accepted.push(stream)
    if (!this.#isDialling) void this.#dialAll()
  }

  // The accept loop: the next stream is dialled when the one before is connected or has failed, and not earlier.
  async #dialAll(): Promise<void> {
    this.#isDialling = true
    for (let stream = this.#accepted.shift(); stream !== undefined; stream = this.#accepted.shift()) {
      this.#unblockWithinBudget()
      await this.#dial(stream)
    }
    this.#isDialling = false
  }

  async #dial(stream: MuxStream): Promise<void> {
    const { host, port } = this.#destination
    try {
      const connection = await this.#session.computer.dial(host, port, this.#abort.signal)
      if (stream.isClosed) connection.destroy()
      else stream.join(connection)
    } catch {
      if (this.#isBroken) return
      this.#session.send(PayloadType.flag, formatFlag(Flag.connectToPortError))
      stream.close()
    }
  }

  #isOverBudget(): boolean {
    return this.#heldBytes >= RECEIVE_BUDGET_BYTES || this.#accepted.length > ACCEPT_BACKLOG
  }

  #blocked(): Promise<void> {
    this.#room = deferred()
    return this.#room.promise
  }

  #unblockWithinBudget(): void {
    if (this.#room === undefined || this.#isOverBudget()) return
    this.#room.resolve()
    this.#room = undefined
  }

  // Streams take turns of one frame while the output loop has room.
  #fill(): void {
    while (this.#hasRoom) {
      const stream = this.#readable.shift()
      if (stream === undefined) return
      const data = stream.take(MAX_FRAME_DATA_BYTES)
      if (data === undefined) continue
      this.#readable.push(stream)
      this.#pump.write(encodeFrameHeader(FrameCommand.push, stream.id, data.length))
      this.#hasRoom = this.#pump.write(data)
    }
  }

  #keepAlive(): void {
    this.#timers.push(
      setInterval(() => this.#pump.write(encodeFrameHeader(FrameCommand.nop, 0)), KEEP_ALIVE_INTERVAL_MS),
      setInterval(() => {
        if (!this.#hasHeard) this.#session.finish({ status: 'Failed', output: 'smux: keepalive timeout' })
        this.#hasHeard = false
      }, KEEP_ALIVE_TIMEOUT_MS),
    )
  }
}
