// The local connections of one forward: carried while its session is there, held while it is not, refused when held too long.
//
// Owns every accepted socket. Connections that are carried stay joined to their streams during a resume: they pause. A
// session that is gone takes them along: they are reset, so that their programs see an error and not an end.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError, toWireError } from '../../../shared/errors'
import type { TunnelEvent } from '../../../shared/model/forward'
import type { ConnectionBudget } from './budgets'
import { joinConnection } from './join'
import { HeldSocket } from './heldsocket'
import { resetSocket } from './reset'

/** What connections are joined to. */
export interface Carrier {
  /** Opens a stream for one connection. Throws an `AppError` where it cannot carry one more, or none any more. */
  open(): Duplex
  /** See `Port`. */
  readonly halfCloseLingerMs: number
}

interface Held {
  readonly reading: HeldSocket
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
  /** What all forwards of the process share. */
  readonly budget: ConnectionBudget
}

/** The connections of one forward. `end` it when the forward ends. */
export class Connections {
  readonly #onEvent: (event: TunnelEvent) => void
  readonly #holdMs: () => number
  readonly #max: () => number | undefined
  readonly #budget: ConnectionBudget
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
    this.#budget = options.budget
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

  /** Takes an accepted socket, paused. Never throws. */
  accept(socket: Socket): void {
    // Before it is joined nobody else listens, and an unheard error ends the process.
    socket.on('error', () => undefined)
    const max = this.#max()
    if (this.#isOver) resetSocket(socket)
    else if (max !== undefined && this.#claimed >= max) this.#refuse(socket, limitReached(max))
    else if (!this.#budget.admit(socket)) this.#refuse(socket, this.#budget.refusal())
    else if (this.#carrier === undefined) this.#hold(socket)
    else this.#join(socket, this.#carrier)
  }

  /** New connections go to `carrier`, and so do those that were held. Never throws. */
  carryBy(carrier: Carrier): void {
    this.#carrier = carrier
    for (const held of this.#held) {
      const { socket } = held.reading
      // Its own end, which is on the way, tells of it.
      if (socket.destroyed) continue
      this.#release(held)
      this.#join(socket, carrier)
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
    this.#carried.add(socket)
    this.#open.add(socket)
    this.#onEvent({ kind: 'connection-opened', connectionId })
    this.#hearAnswer(stream, connectionId)
    void joinConnection(socket, stream, carrier.halfCloseLingerMs).then(({ bytesUp, bytesDown, error }) => {
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

  /**
   * Tells once that the destination was reached: something came from there, or it closed the connection in order. Silence proves
   * nothing: an agent that waits for a destination behind a firewall is silent for minutes before it gives up.
   */
  #hearAnswer(stream: Duplex, connectionId: number): void {
    const answered = (): void => {
      stream.off('data', answered)
      stream.off('end', ended)
      this.#onEvent({ kind: 'connection-answered', connectionId })
    }
    const ended = (): void => {
      // An end that follows our own says nothing of the destination.
      if (!stream.writableEnded) answered()
    }
    // Before it is joined: joining ends our side when the far side has ended.
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
