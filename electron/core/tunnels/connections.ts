// The local connections of one forward. While a session is up they are carried; without one new connections are held, and refused
// when they were held for too long.
//
// Owns every accepted socket. During a resume carried connections stay joined to their streams and pause. When the session is
// gone they are reset, so that their programs see an error and not an end of file.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError, toWireError } from '../../../shared/errors'
import type { TunnelEvent } from '../../../shared/model/forward'
import type { ConnectionBudget } from './budgets'
import { joinConnection } from './join'
import { HeldSocket } from './heldsocket'
import { resetSocket } from './reset'

/** The session that connections are joined to. */
export interface Carrier {
  /** Opens a stream for one connection. Throws an `AppError` if the session is full or has ended. */
  open(): Duplex
  /** See `Port`. */
  readonly halfCloseLingerMs: number
}

interface Held {
  readonly reading: HeldSocket
  readonly timer: NodeJS.Timeout
}

/** What connections need. */
export interface ConnectionsOptions {
  readonly onEvent: (event: TunnelEvent) => void
  /** How long a connection without a carrier is held, ms; read at each new connection. */
  readonly holdMs: () => number
  /**
   * The limit of connections, carried and held together; read at each new connection. Undefined: no limit. A connection whose
   * program has finished sending does not count, although it may still wait for an answer.
   */
  readonly max: () => number | undefined
  /** Shared by all forwards of the process. */
  readonly budget: ConnectionBudget
  /** See `TunnelOptions`. */
  readonly admit?: ((socket: Socket) => AppError | undefined) | undefined
}

/** The connections of one forward. Call `end` when the forward ends. */
export class Connections {
  readonly #onEvent: (event: TunnelEvent) => void
  readonly #holdMs: () => number
  readonly #max: () => number | undefined
  readonly #budget: ConnectionBudget
  readonly #admit: (socket: Socket) => AppError | undefined
  readonly #carried = new Set<Socket>()
  readonly #held = new Set<Held>()
  /** Carried connections, and reset ones until they are closed: for counting their bytes. */
  readonly #open = new Set<Socket>()
  #past = { bytesUp: 0, bytesDown: 0 }
  #used = 0
  /** The counts when the session before was gone. */
  #before = { connectionsUsed: 0, bytesUp: 0, bytesDown: 0 }
  #carrier: Carrier | undefined
  #lastId = 0
  #isOver = false

  constructor(options: ConnectionsOptions) {
    this.#onEvent = options.onEvent
    this.#holdMs = options.holdMs
    this.#max = options.max
    this.#budget = options.budget
    this.#admit = options.admit ?? (() => undefined)
  }

  /** Bytes from local programs (up) and to them (down) since the beginning. */
  get traffic(): { readonly bytesUp: number; readonly bytesDown: number } {
    let { bytesUp, bytesDown } = this.#past
    for (const socket of this.#open) {
      bytesUp += socket.bytesRead
      bytesDown += socket.bytesWritten
    }
    return { bytesUp, bytesDown }
  }

  /** The use of the present session: since `reset`. After `end` it is that of the last one. */
  get usage(): { readonly connectionsUsed: number; readonly bytesUp: number; readonly bytesDown: number } {
    const { bytesUp, bytesDown } = this.traffic
    return {
      connectionsUsed: this.#used - this.#before.connectionsUsed,
      // Sockets that are being reset may count their last bytes twice, for a moment.
      bytesUp: Math.max(0, bytesUp - this.#before.bytesUp),
      bytesDown: Math.max(0, bytesDown - this.#before.bytesDown),
    }
  }

  /** The number of connections that are carried now. */
  get count(): number {
    return this.#carried.size
  }

  /** The number of connections that count against `max`. */
  get #claimed(): number {
    const lingering = [...this.#carried].filter(({ readableEnded }) => readableEnded).length
    return this.#carried.size - lingering + this.#held.size
  }

  /** Takes an accepted socket, paused. Never throws. */
  accept(socket: Socket): void {
    // Until the socket is joined it has no other error listener, and an error without a listener ends the process.
    socket.on('error', () => undefined)
    const max = this.#max()
    if (this.#isOver) resetSocket(socket)
    else if (max !== undefined && this.#claimed >= max) this.#refuse(socket, limitReached(max))
    else if (!this.#budget.admit(socket)) this.#refuse(socket, this.#budget.refusal())
    else {
      const refusal = this.#admit(socket)
      if (refusal !== undefined) this.#refuse(socket, refusal)
      else if (this.#carrier === undefined) this.#hold(socket)
      else this.#join(socket, this.#carrier)
    }
  }

  /** Joins held connections, and new ones from now on, to `carrier`. Never throws. */
  carryBy(carrier: Carrier): void {
    this.#carrier = carrier
    for (const held of this.#held) {
      const { socket } = held.reading
      // Its error or close event is on the way and removes it.
      if (socket.destroyed) continue
      this.#release(held)
      this.#join(socket, carrier)
    }
  }

  /** Holds new connections from now on. Carried ones stay joined. */
  hold(): void {
    this.#carrier = undefined
  }

  /** Resets the carried connections because their session is gone, and returns their number. Held ones stay held. */
  reset(): number {
    this.#carrier = undefined
    // At the end of the forward its last session ends after this.
    if (!this.#isOver) this.#before = { connectionsUsed: this.#used, ...this.traffic }
    const { size } = this.#carried
    for (const socket of this.#carried) resetSocket(socket)
    this.#carried.clear()
    return size
  }

  /** Resets all connections, and every later one. They are not reported as failed. */
  end(): void {
    this.#isOver = true
    this.reset()
    for (const held of this.#held) {
      this.#release(held)
      resetSocket(held.reading.socket)
    }
  }

  #refuse(socket: Socket, error: unknown): void {
    resetSocket(socket)
    this.#onEvent({ kind: 'connection-failed', connectionId: this.#nextId(), error: toWireError(error) })
  }

  #hold(socket: Socket): void {
    const holdMs = this.#holdMs()
    const refuse = (text: string): void => {
      this.#release(held)
      this.#refuse(socket, new AppError('tunnel-down', text))
    }
    const timer = setTimeout(() => {
      const wait = holdMs === 0 ? '' : `held for ${Math.round(holdMs / 1_000)} s and then `
      refuse(`The forward is not connected: a new connection was ${wait}refused. Try again once it is up.`)
    }, holdMs)
    const reading = new HeldSocket(socket, () =>
      refuse(
        'A connection that waited for the forward was closed by its program first: nothing of it was sent on. Connect again once the forward is up.',
      ),
    )
    const held: Held = { reading, timer }
    this.#held.add(held)
  }

  #release(held: Held): void {
    clearTimeout(held.timer)
    this.#held.delete(held)
    held.reading.release()
  }

  #join(socket: Socket, carrier: Carrier): void {
    let stream: Duplex
    try {
      stream = carrier.open()
    } catch (error) {
      this.#refuse(socket, error)
      return
    }
    const connectionId = this.#nextId()
    this.#used += 1
    this.#carried.add(socket)
    this.#open.add(socket)
    this.#onEvent({ kind: 'connection-opened', connectionId })
    this.#hearAnswer(stream, connectionId)
    void joinConnection(socket, stream, carrier.halfCloseLingerMs).then(({ bytesUp, bytesDown, error }) => {
      // A connection that was reset with its session is part of the count that `reset` returned.
      const wasReset = !this.#carried.delete(socket)
      this.#open.delete(socket)
      this.#past = { bytesUp: this.#past.bytesUp + bytesUp, bytesDown: this.#past.bytesDown + bytesDown }
      if (error !== undefined && !wasReset) {
        this.#onEvent({ kind: 'connection-failed', connectionId, error: toWireError(error) })
      }
      this.#onEvent({ kind: 'connection-closed', connectionId, bytesUp, bytesDown })
    })
  }

  /**
   * Tells once that the destination was reached: it has sent bytes, or it has closed the connection in order. Silence proves
   * nothing: for a destination behind a firewall an agent is silent for minutes before it gives up.
   */
  #hearAnswer(stream: Duplex, connectionId: number): void {
    const answered = (): void => {
      stream.off('data', answered)
      stream.off('end', ended)
      this.#onEvent({ kind: 'connection-answered', connectionId })
    }
    const ended = (): void => {
      // An end after our own end does not prove that the destination was reached.
      if (!stream.writableEnded) answered()
    }
    // Registered before the join: the join ends our side when the far side has ended, and `ended` must run before that.
    stream.on('data', answered)
    stream.on('end', ended)
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }
}

function limitReached(max: number): AppError {
  const count = max === 1 ? '1 connection' : `${max} connections`
  const text = `The forward takes ${count} at a time, as it was set: one more was refused. Close one or raise its limit.`
  return new AppError('connection-limit', text)
}
