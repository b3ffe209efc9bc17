// smux version 1, client side: many connections over the one byte stream of a port session.
//
//   open() -> SYN ... PSH both ways ... FIN from either side; ids 3, 5, 7, ...
//
// Version 1 has no half-close: a FIN ends both directions at the far end. So `end()` closes a stream; core/tunnels/join.ts
// delays it to let a late response arrive. Owns the streams. The channel below owns the delivery of their bytes.
// Source: xtaci/smux; specification §8.4, §8.5.

import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors'
import type { ReceiveBudget } from './budget'
import { encodeFrameHeader, FrameCommand, FrameParser, MAX_FRAME_DATA_BYTES, type FramePiece } from '../codec/frame'
import { Flag, PayloadType } from '../codec/message'
import { parseFlag } from '../codec/payloads'
import { HeldDuplex } from './held'
import { HALF_CLOSE_LINGER_MS, type Port, type PortOptions, type WriteBytes } from './port'

// smux's default. Agents up to 3.1.1511.0 expect keep-alives. With later agents they would keep an idle session from timing out.
const KEEP_ALIVE_MS = 10_000

/** What the multiplexer needs of the layer below. */
export interface MuxOptions extends PortOptions {
  readonly write: WriteBytes
  readonly sendKeepAlive: boolean
}

/** The multiplexer of one port session. Owns its streams and the keep-alive timer until `destroy`. */
export class Mux implements Port {
  readonly mode = 'mux'
  readonly halfCloseLingerMs = HALF_CLOSE_LINGER_MS
  readonly canTerminateByFlag: boolean
  readonly #write: WriteBytes
  readonly #budget: ReceiveBudget
  readonly #parser = new FrameParser()
  readonly #streams = new Map<number, MuxStream>()
  readonly #keepAlive: NodeJS.Timeout | undefined
  #lastId = 1
  #unattributedRefusals = 0
  #isDestroyed = false

  constructor(options: MuxOptions) {
    this.canTerminateByFlag = options.canTerminateByFlag
    this.#write = options.write
    this.#budget = options.budget
    if (options.sendKeepAlive) {
      const nop = encodeFrameHeader(FrameCommand.nop, 0)
      this.#keepAlive = setInterval(() => this.#write(nop, () => undefined), KEEP_ALIVE_MS)
    }
  }

  /** Opens a connection to the session's destination. Data may be written at once. */
  open(): Duplex {
    if (this.#isDestroyed) throw new AppError('session-ended', 'The session has ended.')
    this.#lastId += 2
    const id = this.#lastId
    const stream = new MuxStream({
      id,
      budget: this.#budget,
      write: this.#write,
      closed: () => this.#streams.delete(id),
    })
    this.#streams.set(id, stream)
    this.#write(encodeFrameHeader(FrameCommand.syn, id), () => undefined)
    return stream
  }

  /** Takes the next payload of the session. Throws `protocol` when output is not smux. */
  receive(payloadType: number, payload: Buffer): void {
    if (payloadType === PayloadType.output) {
      for (const frame of this.#parser.push(payload)) this.#onFrame(frame)
    } else if (payloadType === PayloadType.flag && parseFlag(payload) === Flag.connectToPortError) {
      // The agent could not connect for some stream. Which one, the next FIN of a stream without data tells (§8.5).
      this.#unattributedRefusals += 1
    }
  }

  hangUp(error: AppError): void {
    this.destroy(error)
  }

  /** Ends every stream with `error`. Sends no FIN. */
  destroy(error: AppError): void {
    this.#isDestroyed = true
    clearInterval(this.#keepAlive)
    for (const stream of this.#streams.values()) stream.abandon(error)
    this.#streams.clear()
  }

  #onFrame(frame: FramePiece): void {
    const stream = this.#streams.get(frame.streamId)
    if (stream === undefined) return
    switch (frame.command) {
      case FrameCommand.push:
        stream.receive(frame.data)
        break
      case FrameCommand.fin:
        this.#streams.delete(frame.streamId)
        if (this.#unattributedRefusals > 0 && !stream.hasReceived) {
          this.#unattributedRefusals -= 1
          stream.abandon(
            new AppError(
              'destination-refused',
              'The instance could not connect to the destination. Check that something listens there and that the instance may reach it.',
            ),
          )
        } else stream.remoteEnded()
        break
      case FrameCommand.syn:
      case FrameCommand.nop:
      case FrameCommand.update:
        break
      default:
        frame.command satisfies never
    }
  }
}

interface MuxStreamOptions {
  readonly id: number
  readonly budget: ReceiveBudget
  readonly write: WriteBytes
  readonly closed: () => void
}

class MuxStream extends HeldDuplex {
  readonly #id: number
  readonly #send: WriteBytes
  readonly #closed: () => void
  #hasReceived = false
  #isRemoteEnded = false
  #isFinSent = false

  constructor(options: MuxStreamOptions) {
    super(options.budget)
    this.#id = options.id
    this.#send = options.write
    this.#closed = options.closed
  }

  get hasReceived(): boolean {
    return this.#hasReceived
  }

  override receive(bytes: Buffer): void {
    this.#hasReceived ||= bytes.length > 0
    super.receive(bytes)
  }

  override remoteEnded(): void {
    this.#isRemoteEnded = true
    super.remoteEnded()
  }

  /** Ends the stream because of `error`. Sends no FIN: the peer has closed the stream, or is gone. */
  abandon(error: AppError): void {
    this.#isRemoteEnded = true
    this.destroy(error)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#writeFrom(chunk, callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#sendFin()
    // The far end closes both directions on a FIN, so no more bytes will come.
    super.remoteEnded()
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#sendFin()
    this.#closed()
    super._destroy(error, callback)
  }

  // Writes one frame at a time, so that streams take turns and a bulk upload does not delay a keystroke.
  #writeFrom(rest: Buffer, callback: () => void): void {
    // The far end has deleted the stream and drops its bytes (§8.4).
    if (this.#isRemoteEnded || rest.length === 0) {
      callback()
      return
    }
    const data = rest.subarray(0, MAX_FRAME_DATA_BYTES)
    const frame = Buffer.concat([encodeFrameHeader(FrameCommand.push, this.#id, data.length), data])
    this.#send(frame, () => this.#writeFrom(rest.subarray(data.length), callback))
  }

  #sendFin(): void {
    if (this.#isFinSent || this.#isRemoteEnded) return
    this.#isFinSent = true
    this.#send(encodeFrameHeader(FrameCommand.fin, this.#id), () => undefined)
  }
}
