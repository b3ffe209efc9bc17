// Two joined in-process Duplex ends that behave like the two ends of a TCP connection, with backpressure and half-close.
//
// `end` on one side ends the reading of the other side; the way back stays open. Destroying one side ends the reading of the other
// side behind the bytes that were written before, and makes its writes fail with EPIPE.

import { Duplex } from 'node:stream'

/** How many bytes each side holds before its peer must wait, as a socket's buffer does. */
const BUFFER_BYTES = 65_536

type Callback = (error?: Error | null) => void

class PipeEnd extends Duplex {
  #peer: PipeEnd | undefined
  #waiting: Callback | undefined
  #hasSentEnd = false

  constructor() {
    // The handler decides when its half is closed, as with a socket of a careful server.
    super({ allowHalfOpen: true, highWaterMark: BUFFER_BYTES })
  }

  join(peer: PipeEnd): void {
    this.#peer = peer
  }

  override _read(): void {
    this.#peer?.release()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    const peer = this.#peer
    if (peer === undefined || peer.destroyed) {
      callback(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      return
    }
    if (peer.push(chunk)) callback()
    else this.#waiting = callback
  }

  override _final(callback: Callback): void {
    this.#sendEnd()
    callback()
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#sendEnd()
    // The peer's writer must not wait for a reader that is gone.
    this.#peer?.release()
    this.release()
    callback(error)
  }

  /** The peer has room, or is gone. */
  release(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  #sendEnd(): void {
    const peer = this.#peer
    if (this.#hasSentEnd || peer === undefined || peer.destroyed) return
    this.#hasSentEnd = true
    peer.push(null)
  }
}

/** Makes a connected pair. Each side must listen for 'error'. */
export function createPipe(): readonly [Duplex, Duplex] {
  const near = new PipeEnd()
  const far = new PipeEnd()
  near.join(far)
  far.join(near)
  return [near, far]
}
