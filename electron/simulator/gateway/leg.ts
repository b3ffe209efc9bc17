// The client's leg: one WebSocket of a session, from its open message to its end.
//
// Messages of one turn of the event loop leave in one write. A leg that was replaced or cut ends at once: frames that its
// peer still sends are ignored. Between the socket and the session lie two lanes, where traffic faults happen.

import type { Socket } from 'node:net'
import { WebSocket, type RawData } from 'ws'
import type { Lane } from '../faults/lane'
import type { Parcel } from '../faults/malformed'
import type { Traffic } from '../faults/traffic'

/** Above this many unsent bytes the agent is asked to wait. */
const FULL_BYTES = 1_048_576
/** A client that sends and never reads must not fill our memory: beyond this its messages are lost. */
const LOST_BYTES = 64 * FULL_BYTES
/** How long a client may take to close after channel_closed. Then its socket is destroyed. */
const FAREWELL_MS = 5_000

/**
 * How a client's socket can be cut: a polite close, a reset, the end of the TCP stream without a word, or a path that swallows
 * everything from now on and answers no ping (the service does not notice either).
 */
export type Cut = 'close-1000' | 'rst' | 'fin' | 'black-hole'

/** What a leg tells its session. */
export interface LegListener {
  onFrame(frame: Buffer): void
  /** There is room again after `send` answered false. */
  onRoom(): void
  /** The socket has closed by itself; not called after {@link Leg.cut} or {@link Leg.replace}. */
  onGone(): void
}

/** Every way in which ws hands over a message, as one Buffer. */
export function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}

/** An open socket of a client. */
export class Leg {
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  #listener: LegListener | undefined
  #isCorked = false
  #farewell: NodeJS.Timeout | undefined
  #isSwallowing = false
  readonly #up: Lane
  readonly #down: Lane

  constructor(webSocket: WebSocket, socket: Socket, path: { readonly traffic: Traffic; readonly sessionId: string }) {
    const { traffic, sessionId } = path
    this.#webSocket = webSocket
    this.#socket = socket
    this.#up = traffic.lane(sessionId, 'up', {
      deliver: ({ frame }) => this.#listener?.onFrame(frame),
      onRoom: () => undefined,
    })
    this.#down = traffic.lane(sessionId, 'down', {
      deliver: (parcel) => this.#write(parcel),
      onRoom: () => this.#listener?.onRoom(),
    })
  }

  /** Begins to hand over frames. */
  join(listener: LegListener): void {
    this.#listener = listener
    // The service parses text like binary once the channel is open (§2).
    this.#webSocket.on('message', (data) => this.#up.push({ frame: toBuffer(data), isText: false }))
    this.#socket.on('drain', () => this.#listener?.onRoom())
    this.#webSocket.once('close', () => {
      clearTimeout(this.#farewell)
      this.#up.stop()
      this.#down.stop()
      const told = this.#listener
      this.#listener = undefined
      told?.onGone()
    })
  }

  /** Whether it is in a black hole. */
  get isSwallowing(): boolean {
    return this.#isSwallowing
  }

  /** Sends one binary message; false when the client is slow and the agent should wait for `onRoom`. */
  send(frame: Buffer): boolean {
    if (this.#webSocket.readyState !== WebSocket.OPEN || this.#isSwallowing) return true
    if (this.#socket.writableLength > LOST_BYTES) return false
    this.#down.push({ frame, isText: false })
    return this.#socket.writableLength < FULL_BYTES && !this.#down.isFull
  }

  /** Ends the connection as told; the session does not hear from it again. A black hole keeps it open and passes nothing. */
  cut(how: Cut): void {
    this.#up.stop()
    this.#down.stop()
    if (how === 'black-hole') {
      this.#isSwallowing = true
      // From here on neither frames nor pings are read.
      this.#webSocket.pause()
      return
    }
    this.#listener = undefined
    if (this.#isSwallowing) {
      // A close frame would not arrive, and no answer would come.
      this.#reset()
      return
    }
    switch (how) {
      case 'close-1000':
        this.#webSocket.close(1000, 'Bye')
        return
      case 'rst':
        this.#reset()
        return
      case 'fin':
        this.#socket.end()
        return
    }
  }

  /** The session has ended: the client is expected to close. */
  farewell(): void {
    this.#listener = undefined
    this.#farewell = setTimeout(() => this.#webSocket.terminate(), FAREWELL_MS)
  }

  #reset(): void {
    // libuv refuses a reset while an end is under way, and Node then leaks the socket without a word.
    if (this.#socket.writableEnded) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  #write({ frame, isText }: Parcel): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN || this.#isSwallowing) return
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#socket.cork()
      process.nextTick(() => {
        this.#isCorked = false
        this.#socket.uncork()
      })
    }
    this.#webSocket.send(frame, { binary: !isText })
  }
}
