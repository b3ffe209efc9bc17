// The connection between a holder and the command that attends to it, as frames. Both ends use it.
//
// Owns the socket: its errors, its pace and its end. What the frames mean is for its owner. The connection is the attendance: when it
// closes, the holder ends the session.

import type { Duplex } from 'node:stream'
import { deferred } from '../../../../shared/deferred'
import { asAppError, type AppError } from '../../../../shared/errors'
import { FrameReader, type Frame } from './frames'

/** How long a peer may take to read the last words, and to close. */
const END_MS = 5_000

/** A line. `listen` starts it; `end` or `destroy` end it. */
export class Line {
  readonly #socket: Duplex
  readonly #head: Buffer
  readonly #reader = new FrameReader()
  readonly #closed = deferred<AppError | undefined>()
  #isClosed = false
  #fault: AppError | undefined
  /** The sends that wait for room. */
  readonly #waiting = new Set<() => void>()

  /** Owns `socket` from here on; `head`: bytes that were read from it already. */
  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket
    this.#head = head
    // For the whole life of the socket: an unheard error ends the process. 'close' follows.
    socket.on('error', () => undefined)
    socket.on('drain', () => this.#release())
    socket.once('close', () => this.#close())
    if (socket.destroyed) this.#close()
  }

  /** Resolves when the connection is gone; with `protocol` where the peer has sent what no Culvert sends. */
  get closed(): Promise<AppError | undefined> {
    return this.#closed.promise
  }

  /** Reads from now on. `onFrame` must not throw, except an `AppError` for a frame that makes no sense: that ends the line. */
  listen(onFrame: (frame: Frame) => void): void {
    const take = (piece: Buffer): void => {
      try {
        for (const frame of this.#reader.read(piece)) onFrame(frame)
      } catch (error) {
        this.#fault ??= asAppError(error)
        this.destroy()
      }
    }
    // A peer that has finished has gone: neither end half-closes.
    this.#socket.on('end', () => this.destroy())
    if (this.#head.length > 0) take(this.#head)
    this.#socket.on('data', take)
  }

  /** Stops reading until `resume`. */
  pause(): void {
    this.#socket.pause()
  }

  /** See `pause`. */
  resume(): void {
    this.#socket.resume()
  }

  /** Sends frames; resolves when there is room for more, and when the line has closed. Never rejects. */
  async send(frames: Buffer): Promise<void> {
    if (this.#isClosed || this.#socket.writableEnded || frames.length === 0 || this.#socket.write(frames)) return
    await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Sends a frame that may be lost: it is left out while earlier ones wait for a peer that does not read. */
  note(frame: Buffer): void {
    if (!this.#socket.writableNeedDrain) void this.send(frame)
  }

  /** Ends the line behind what was sent. Resolves when it has closed, after 5 s at the latest. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.destroy(), END_MS)
    this.#socket.end()
    await this.closed
    clearTimeout(timer)
  }

  /** Ends the line at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #close(): void {
    this.#isClosed = true
    this.#release()
    this.#closed.resolve(this.#fault)
  }
}
