// The server of a data directory's socket: takes one request line a connection and answers it.
//
// Owns its connections: how many, how long they may be silent, and that each is answered or closed. Does not own the name of
// the socket (takeover.ts), nor what requests mean.

import { createServer, type Server, type Socket } from 'node:net'
import * as z from 'zod'
import { AppError, toWireError, type WireError } from '../../../shared/errors'
import { MAX_LINE_BYTES, readLine, type LineResult } from './exchange'

const MAX_CONNECTIONS = 64

const whoRequest = z.strictObject({ who: z.literal(true) })

/** Answers a request; what it throws crosses as a `WireError`. */
export type Answering = (request: unknown) => Promise<unknown>

type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }

const closing: Reply = {
  ok: false,
  error: { code: 'not-running', message: 'Culvert is closing: start it again, then try again.' },
}

/** A value that is there later. */
class Later<T> {
  readonly promise: Promise<T>
  #resolve: (value: T) => void = () => undefined

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** The first call counts. */
  set(value: T): void {
    this.#resolve(value)
  }
}

/** A server that answers. Disposing answers what is open with `not-running` and resolves once all connections are gone. */
export class SocketServer implements AsyncDisposable {
  readonly #server: Server
  readonly #quietMs: number
  /** The open connections, each with what ends it early. */
  readonly #connections = new Map<Socket, (reply: Reply) => void>()
  readonly #who = new Later<unknown>()
  readonly #answering = new Later<Answering>()
  #closed: Promise<void> | undefined

  /** A client that is silent for `quietMs` is dropped. */
  constructor(quietMs: number) {
    this.#quietMs = quietMs
    // A client may end its half once it has asked.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#talk(socket))
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  /** Listens at `path`. Rejects as the system does. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, () => {
        this.#server.off('error', reject)
        // A connection that could not be accepted (too many open files) is its client's trouble.
        this.#server.on('error', () => undefined)
        resolve()
      })
    })
  }

  /** From now on `{"who":true}` is answered with `holder`; until then it waits. */
  introduce(holder: unknown): void {
    this.#who.set(holder)
  }

  /** From now on other requests are answered by `answering`; until then they wait. */
  serve(answering: Answering): void {
    this.#answering.set(answering)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      for (const end of this.#connections.values()) end(closing)
      if (this.#server.listening) this.#server.close(() => resolve())
      else resolve()
    })
    return this.#closed
  }

  /** Never rejects. */
  async #talk(socket: Socket): Promise<void> {
    this.#connections.set(socket, () => socket.destroy())
    socket.on('error', () => undefined /* 'close' follows */)
    const isGone = new Promise<void>((resolve) => {
      socket.once('close', () => {
        this.#connections.delete(socket)
        resolve()
      })
    })
    const line = await this.#within(socket, readLine(socket))
    if (line.kind !== 'closed') {
      const reply = await this.#answered(socket, line)
      socket.end(encode(reply), () => socket.destroy())
    } else socket.destroy()
    await this.#within(socket, isGone)
  }

  /** The answer, or that we are closing. */
  #answered(socket: Socket, line: LineResult): Promise<Reply> {
    if (this.#closed !== undefined) return Promise.resolve(closing)
    return new Promise((resolve) => {
      this.#connections.set(socket, resolve)
      void this.#reply(line).then(resolve)
    })
  }

  /** Drops the client where it takes too long. */
  async #within<T>(socket: Socket, result: Promise<T>): Promise<T> {
    const timer = setTimeout(() => socket.destroy(), this.#quietMs)
    const value = await result
    clearTimeout(timer)
    return value
  }

  /** Never rejects. */
  async #reply(line: LineResult): Promise<Reply> {
    try {
      if (line.kind !== 'line') {
        throw new AppError('protocol', `The request is longer than ${MAX_LINE_BYTES} bytes: shorten it.`)
      }
      const request = parse(line.text)
      if (whoRequest.safeParse(request).success) return { ok: true, value: await this.#who.promise }
      const answering = await this.#answering.promise
      return { ok: true, value: (await answering(request)) ?? null }
    } catch (error) {
      return { ok: false, error: toWireError(error) }
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('protocol', 'The request is no JSON: send one line of it.', { cause: error })
  }
}

function encode(reply: Reply): string {
  try {
    const text = `${JSON.stringify(reply)}\n`
    if (Buffer.byteLength(text) <= MAX_LINE_BYTES) return text
    throw new AppError('internal', 'The answer is too long for this connection: use the window instead.')
  } catch (error) {
    return `${JSON.stringify({ ok: false, error: toWireError(error) })}\n`
  }
}
