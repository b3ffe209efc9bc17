// One accepted socket that is held until there is a session. It is read meanwhile, to notice that its program leaves.
//
// A FIN or a reset shows only on a socket that is read. So up to 64 KiB (and what one more read brings) are read and kept, and put
// back in front of the other bytes when the connection is carried. Beyond that the socket is paused: a program that leaves is then
// noticed when its connection is carried, or when the hold time is over. The connection budget bounds the number of held sockets.

import type { Socket } from 'node:net'

const HELD_BYTES = 64 * 1_024

/** Reads a paused socket until it is released. The owner keeps the socket and listens to its errors. */
export class HeldSocket {
  readonly socket: Socket
  readonly #onLeft: () => void
  #chunks: Buffer[] = []
  #heldBytes = 0

  /** `onLeft` is called once when the program closes its connection, closes its half or resets it. The socket is released then. */
  constructor(socket: Socket, onLeft: () => void) {
    this.socket = socket
    this.#onLeft = onLeft
    socket.on('data', this.#take)
    // A reset shows at once as 'error'. 'close' follows only when the system has closed the descriptor.
    for (const event of ['end', 'error', 'close'] as const) socket.on(event, this.#leave)
    socket.resume()
  }

  /** Stops reading and puts the read bytes back: the socket is paused, as if it had never been read. */
  release(): void {
    this.#stop()
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = []
    if (bytes.length > 0 && !this.socket.destroyed) this.socket.unshift(bytes)
  }

  readonly #take = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= HELD_BYTES) this.socket.pause()
  }

  readonly #leave = (): void => {
    this.#stop()
    this.#chunks = []
    this.#onLeft()
  }

  #stop(): void {
    const { socket } = this
    socket.pause()
    socket.off('data', this.#take)
    for (const event of ['end', 'error', 'close'] as const) socket.off(event, this.#leave)
  }
}
