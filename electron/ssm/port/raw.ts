// The one connection of a raw port session (AWS-StartSSHSession): session bytes are connection bytes, unaltered.

import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors'
import type { ReceiveBudget } from './budget'
import { HeldDuplex } from './held'

/** What a raw connection needs of the layer below. */
export interface RawOptions {
  /** Sends bytes; `done` when there is room for more. */
  readonly write: (bytes: Buffer, done: () => void) => void
  readonly budget: ReceiveBudget
}

/** A connection whose bytes are the session's. What arrives before it is opened waits for it: a server may speak first. */
export class RawPort {
  readonly #stream: RawStream
  #isOpened = false

  constructor(options: RawOptions) {
    this.#stream = new RawStream(options)
  }

  open(): Duplex {
    if (this.#isOpened) throw new AppError('protocol', 'A session of this document carries one connection only.')
    this.#isOpened = true
    return this.#stream
  }

  receive(payload: Buffer): void {
    this.#stream.receive(payload)
  }

  /** The far end hung up: end-of-file behind what was received. */
  remoteEnded(): void {
    this.#stream.remoteEnded()
  }

  /** The connection failed. */
  destroy(error: AppError): void {
    this.#stream.destroy(error)
  }
}

class RawStream extends HeldDuplex {
  readonly #send: RawOptions['write']

  constructor(options: RawOptions) {
    super(options.budget)
    this.#send = options.write
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send(chunk, callback)
  }
}
