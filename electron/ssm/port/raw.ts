// The one connection of a raw port session (AWS-StartSSHSession). The session's bytes are the connection's bytes, unaltered.

import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors'
import { PayloadType } from '../codec/message'
import { HeldDuplex } from './held'
import { HALF_CLOSE_LINGER_MS, type Port, type PortOptions, type WriteBytes } from './port'

/** What a raw connection needs of the layer below. */
export interface RawOptions extends PortOptions {
  readonly write: WriteBytes
}

/** The port of a raw session. Bytes that arrive before `open` are kept for the connection: a server may speak first. */
export class RawPort implements Port {
  readonly mode = 'raw'
  readonly halfCloseLingerMs = HALF_CLOSE_LINGER_MS
  readonly canTerminateByFlag: boolean
  readonly #stream: RawStream
  #isOpened = false

  constructor(options: RawOptions) {
    this.canTerminateByFlag = options.canTerminateByFlag
    this.#stream = new RawStream(options)
  }

  open(): Duplex {
    if (this.#isOpened) throw new AppError('protocol', 'A session of this document carries one connection only.')
    this.#isOpened = true
    return this.#stream
  }

  receive(payloadType: number, payload: Buffer): void {
    if (payloadType === PayloadType.output) this.#stream.receive(payload)
  }

  /** The far end hung up: end-of-file behind what was received. */
  hangUp(): void {
    this.#stream.remoteEnded()
  }

  /** The connection failed. */
  destroy(error: AppError): void {
    this.#stream.destroy(error)
  }
}

class RawStream extends HeldDuplex {
  readonly #send: WriteBytes

  constructor(options: RawOptions) {
    super(options.budget)
    this.#send = options.write
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send(chunk, callback)
  }
}
