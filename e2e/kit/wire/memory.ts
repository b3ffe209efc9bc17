// An in-memory wire for tests of the channel: what the client sends is kept, what the peer sends is handed in.

import { AppError } from '../../../shared/errors'
import type { Wire, WireListener } from '../../../electron/ssm/channel/wire'
import { naiveDecode, type NaiveMessage } from './naive'

/** The client's end of a wire. The test is the other end. */
export class MemoryWire implements Wire {
  readonly texts: string[] = []
  readonly frames: Buffer[] = []
  pings = 0
  closedWith: number | 'terminated' | undefined
  bufferedBytes = 0
  /** Called with each binary frame as it is sent. */
  onFrame: (frame: Buffer) => void = () => undefined
  #listener: WireListener | undefined

  send(data: string | Buffer): void {
    if (this.closedWith !== undefined) return
    if (typeof data === 'string') this.texts.push(data)
    else {
      this.frames.push(Buffer.from(data))
      this.onFrame(data)
    }
  }

  ping(): void {
    this.pings += 1
  }

  close(code: number): void {
    this.closedWith ??= code
  }

  terminate(): void {
    this.closedWith ??= 'terminated'
  }

  listen(listener: WireListener): void {
    this.#listener = listener
  }

  /** The peer sends a binary message. */
  deliver(frame: Buffer): void {
    if (this.closedWith === undefined) this.#listener?.message(Buffer.from(frame))
  }

  pong(): void {
    if (this.closedWith === undefined) this.#listener?.pong()
  }

  /** The network or the service ends the wire. */
  drop(reason = 'code 1006'): void {
    if (this.closedWith === undefined) this.#listener?.closed(new AppError('network', `closed (${reason})`))
  }

  /** Everything sent, decoded by the naive decoder. */
  get sent(): NaiveMessage[] {
    return this.frames.map(naiveDecode)
  }

  /** Stream messages sent, without acknowledgements. */
  get inputs(): NaiveMessage[] {
    return this.sent.filter((message) => message.type === 'input_stream_data')
  }

  /** Numbers acknowledged, in order. */
  get acknowledged(): number[] {
    return this.sent
      .filter((message) => message.type === 'acknowledge')
      .map((message) => Number(JSON.parse(message.payload.toString()).AcknowledgedMessageSequenceNumber))
  }
}
