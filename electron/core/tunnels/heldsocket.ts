// One accepted socket that is held until there is a session: read so far that its program's leaving is noticed.
//
// Only a socket that is read tells of a FIN or a reset. So up to 64 KiB are read (and what one read more brings), kept, and put
// back in front of the rest when the connection is carried. Beyond that the socket is paused: then a program that leaves is
// noticed when its connection is carried or was held too long. The connection budget bounds how many of these there are.

import type { Socket } from 'node:net'

const HELD_BYTES = 64 * 1_024

/** Reads a paused socket until it is released. The socket stays its owner's, who listens to its errors. */
export class HeldSocket {
  readonly socket: Socket
  readonly #onLeft: () => void
  #chunks: Buffer[] = []
  #heldBytes = 0

  /** `onLeft` is called once if the program has closed or reset its connection, or its half of it; it is released then. */
  constructor(socket: Socket, onLeft: () => void) {
    this.socket = socket
    this.#onLeft = onLeft
    socket.on('data', this.#take)
    // A reset is an error at once, and a close only when the system has closed the descriptor.
    for (const event of ['end', 'error', 'close'] as const) socket.on(event, this.#leave)
    socket.resume()
  }

  /** Stops reading. The socket is as if it had never been read: paused, with its bytes before it. */
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
