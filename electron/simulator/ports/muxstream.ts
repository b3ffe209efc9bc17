// One smux stream at the agent: a connection to the destination and the bytes that wait for it.
//
// smux v1 has no half-close: the client's FIN closes the destination fully once it has taken what came before, and the
// destination's end or half-close ends the stream and the destination's other direction with it.
// Source: specification §8.4, §8.5.

import type { Duplex } from 'node:stream'
import { closeGently } from './closing'

/** Whom a stream tells. */
export interface MuxStreamOwner {
  /** `bytes` of received data were taken by the destination, or thrown away. */
  onTaken(bytes: number): void
  /** The destination has bytes to read. */
  onReadable(stream: MuxStream): void
  /** Both directions are over; said once. */
  onClosed(stream: MuxStream): void
}

/** A stream from its SYN to its end. Owns the connection once it is joined. */
export class MuxStream {
  readonly id: number
  readonly #owner: MuxStreamOwner
  readonly #waiting: Buffer[] = []
  #connection: Duplex | undefined
  #hasFin = false
  #isClosed = false

  constructor(id: number, owner: MuxStreamOwner) {
    this.id = id
    this.#owner = owner
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Takes data of the client; held until the destination is dialled. */
  push(data: Buffer): void {
    if (this.#isClosed || this.#hasFin) this.#owner.onTaken(data.length)
    else if (this.#connection === undefined) this.#waiting.push(data)
    else this.#write(this.#connection, data)
  }

  /** The client closed the stream. */
  fin(): void {
    this.#hasFin = true
    if (this.#connection !== undefined) this.#shut(this.#connection)
  }

  /** Joins the dialled destination: what waited is delivered, and its bytes are offered. */
  join(connection: Duplex): void {
    this.#connection = connection
    connection.on('readable', () => this.#owner.onReadable(this))
    connection.on('error', () => undefined)
    connection.once('end', () => connection.destroy())
    connection.once('close', () => this.close())
    for (const data of this.#waiting.splice(0)) this.#write(connection, data)
    if (this.#hasFin) this.#shut(connection)
  }

  /** The next bytes from the destination, at most `limit`; `undefined` when there are none now. */
  take(limit: number): Buffer | undefined {
    const connection = this.#connection
    // After the client's FIN nothing it could send is wanted any more.
    if (connection === undefined || this.#hasFin) return undefined
    const available = connection.readableLength
    const chunk: unknown = available === 0 ? connection.read() : connection.read(Math.min(limit, available))
    return chunk instanceof Buffer ? chunk : undefined
  }

  /** Ends the stream with its session; resolves when the destination has what was sent and is closed. */
  async end(): Promise<void> {
    this.close()
    if (this.#connection !== undefined) await closeGently(this.#connection)
  }

  /** Ends the stream: its destination has closed, or was never reached. Tells the owner once. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const data of this.#waiting.splice(0)) this.#owner.onTaken(data.length)
    this.#owner.onClosed(this)
  }

  #write(connection: Duplex, data: Buffer): void {
    connection.write(data, () => this.#owner.onTaken(data.length))
  }

  #shut(connection: Duplex): void {
    connection.end(() => connection.destroy())
  }
}
