// The local connections of one forward: carried while its session is there, held while it is not, refused when held too long.
//
// Owns every accepted socket. Connections that are carried stay joined to their streams during a resume: they pause. A
// session that is gone takes them along: they are reset, so that their programs see an error and not an end.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError, toWireError } from '../../shared/errors'
import type { TunnelEvent } from '../../shared/model'
import { joinConnection } from './connection'
import { resetSocket } from './reset'

/** What connections are joined to. */
export interface Carrier {
  open(): Duplex
  /** See `Port`. */
  readonly halfCloseLingerMs: number
}

interface Held {
  readonly socket: Socket
  readonly timer: NodeJS.Timeout
}

/** How connections are taken. */
export interface ConnectionsOptions {
  readonly onEvent: (event: TunnelEvent) => void
  /** How long those that come without a carrier are held; asked at each that comes. */
  readonly holdMs: () => number
  /**
   * How many there may be at a time, carried and held; asked at each that comes. Undefined: without limit. A connection whose
   * program has finished sending may linger for an answer; it counts no longer.
   */
  readonly max: () => number | undefined
}

/** The connections of one forward. `end` it when the forward ends. */
export class Connections {
  readonly #onEvent: (event: TunnelEvent) => void
  readonly #holdMs: () => number
  readonly #max: () => number | undefined
  readonly #carried = new Set<Socket>()
  readonly #held = new Set<Held>()
  /** Carried, and those that were reset and are on their way out: for counting. */
  readonly #open = new Set<Socket>()
  #past = { bytesUp: 0, bytesDown: 0 }
  #carrier: Carrier | undefined
  #lastId = 0
  #isOver = false

  constructor(options: ConnectionsOptions) {
    this.#onEvent = options.onEvent
    this.#holdMs = options.holdMs
    this.#max = options.max
  }

  /** Bytes that connections have written (up) and were given (down) since the beginning. */
  get traffic(): { readonly bytesUp: number; readonly bytesDown: number } {
    let { bytesUp, bytesDown } = this.#past
    for (const socket of this.#open) {
      bytesUp += socket.bytesRead
      bytesDown += socket.bytesWritten
    }
    return { bytesUp, bytesDown }
  }

  /** How many are carried now. */
  get count(): number {
    return this.#carried.size
  }

  /** How many count against the limit. */
  get #claimed(): number {
    const lingering = [...this.#carried].filter(({ readableEnded }) => readableEnded).length
    return this.#carried.size - lingering + this.#held.size
  }

  /** Takes an accepted socket, paused. */
  accept(socket: Socket): void {
    // Before it is joined nobody else listens, and an unheard error ends the process.
    socket.on('error', () => undefined)
    const max = this.#max()
    if (this.#isOver) resetSocket(socket)
    else if (max !== undefined && this.#claimed >= max) this.#refuse(socket, max)
    else if (this.#carrier === undefined) this.#hold(socket)
    else this.#join(socket, this.#carrier)
  }

  /** New connections go to `carrier`, and so do those that were held. */
  carryBy(carrier: Carrier): void {
    this.#carrier = carrier
    for (const held of this.#held) {
      this.#release(held)
      if (!held.socket.destroyed) this.#join(held.socket, carrier)
    }
  }

  /** Holds new connections; those that are carried stay. */
  hold(): void {
    this.#carrier = undefined
  }

  /** Resets those that are carried: their session is gone. Returns how many there were; held ones stay held. */
  reset(): number {
    this.#carrier = undefined
    const { size } = this.#carried
    for (const socket of this.#carried) resetSocket(socket)
    this.#carried.clear()
    return size
  }

  /** Resets all, and every one to come. Their ends are nobody's failure then. */
  end(): void {
    this.#isOver = true
    this.reset()
    for (const held of this.#held) {
      this.#release(held)
      resetSocket(held.socket)
    }
  }

  #refuse(socket: Socket, max: number): void {
    resetSocket(socket)
    const count = max === 1 ? '1 connection' : `${max} connections`
    const text = `The forward takes ${count} at a time, as it was set: one more was refused. Close one or raise its limit.`
    const error = toWireError(new AppError('connection-limit', text))
    this.#onEvent({ kind: 'connection-failed', connectionId: this.#nextId(), error })
  }

  #hold(socket: Socket): void {
    const holdMs = this.#holdMs()
    const timer = setTimeout(() => {
      this.#release(held)
      resetSocket(socket)
      const wait = holdMs === 0 ? '' : `held for ${Math.round(holdMs / 1_000)} s and then `
      const text = `The forward is not connected: a new connection was ${wait}refused. Try again once it is up.`
      this.#onEvent({
        kind: 'connection-failed',
        connectionId: this.#nextId(),
        error: toWireError(new AppError('tunnel-down', text)),
      })
    }, holdMs)
    const held: Held = { socket, timer }
    this.#held.add(held)
    // A program that does not wait for so long.
    socket.once('close', () => this.#release(held))
  }

  #release(held: Held): void {
    clearTimeout(held.timer)
    this.#held.delete(held)
  }

  #join(socket: Socket, carrier: Carrier): void {
    const connectionId = this.#nextId()
    this.#carried.add(socket)
    this.#open.add(socket)
    this.#onEvent({ kind: 'connection-opened', connectionId })
    void joinConnection(socket, carrier.open(), carrier.halfCloseLingerMs).then(({ bytesUp, bytesDown, error }) => {
      // Those that were reset with their session are told in one line, by whoever reset them.
      const wasReset = !this.#carried.delete(socket)
      this.#open.delete(socket)
      this.#past = { bytesUp: this.#past.bytesUp + bytesUp, bytesDown: this.#past.bytesDown + bytesDown }
      if (error !== undefined && !wasReset) {
        this.#onEvent({ kind: 'connection-failed', connectionId, error: toWireError(error) })
      }
      this.#onEvent({ kind: 'connection-closed', connectionId, bytesUp, bytesDown })
    })
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }
}
