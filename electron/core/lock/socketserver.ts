// The HTTP server of a data directory's socket: answers one request a connection, or makes the connection a line (an upgrade).
//
// Owns its connections: how many, how long they may be silent, and that each is answered or closed (the bounds are those of
// http/server.ts). Does not own the name of the socket (takeover.ts), nor what requests mean.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { deferred } from '../../../shared/deferred'
import { AppError, asAppError, toWireError } from '../../../shared/errors'
import { createBoundedServer, type BoundedServer } from '../../http/server'
import { MAX_BODY_BYTES, readBody, REQUEST_PATH, WHO_PATH } from './exchange'

const MAX_CONNECTIONS = 64

/** So that requests are answered beside them. */
const MAX_LINES = 48

const NOT_UNDERSTOOD = 'The running Culvert does not understand this. Use the same version.'

/** Answers a request; what it throws crosses as a `WireError`. */
export type Answering = (request: unknown) => Promise<unknown>

/** What takes connections that become lines. */
export interface Upgrading {
  /** The path of the request. */
  readonly path: string
  /** The protocol that the request and the answer name. */
  readonly protocol: string
  /** Owns the socket, which has an error listener; `head`: bytes that were read already. Must not throw. */
  readonly take: (socket: Duplex, head: Buffer) => void
}

/** An HTTP status and the content that is sent with it as JSON. */
interface Reply {
  readonly status: number
  readonly content: unknown
}

/** A server that answers. Disposing answers what is open with `not-running` and resolves once all connections are gone. */
export class SocketServer implements AsyncDisposable {
  readonly #bounded: BoundedServer
  /** The open connections, each with what ends it early. */
  readonly #connections = new Map<Socket, () => void>()
  readonly #who = deferred<unknown>()
  readonly #answering = deferred<Answering>()
  #upgrading: Upgrading | undefined
  #lines = 0
  #closed: Promise<void> | undefined

  /** A client that does not send its request, or does not read its answer, within `quietMs` is dropped. */
  constructor(quietMs: number) {
    this.#bounded = createBoundedServer({ requestMs: quietMs, unreadMs: quietMs, maxConnections: MAX_CONNECTIONS })
    const { server } = this.#bounded
    server.maxRequestsPerSocket = 1
    server.on('connection', (socket: Socket) => {
      this.#connections.set(socket, () => socket.destroy())
      socket.once('close', () => this.#connections.delete(socket))
    })
    server.on('request', (request, response) => void this.#talk(request, response))
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** Listens at `path`. Rejects as the system does. */
  listen(path: string): Promise<void> {
    return this.#bounded.listen({ path })
  }

  /** From now on `GET /who` is answered with `holder`; until then it waits. */
  introduce(holder: unknown): void {
    this.#who.resolve(holder)
  }

  /** From now on `POST /request` is answered by `answering`; until then it waits. */
  serve(answering: Answering): void {
    this.#answering.resolve(answering)
  }

  /** From now on connections may become lines; until then they are refused. */
  serveLines(upgrading: Upgrading): void {
    this.#upgrading = upgrading
  }

  [Symbol.asyncDispose](): Promise<void> {
    const { server } = this.#bounded
    this.#closed ??= new Promise((resolve) => {
      for (const end of this.#connections.values()) end()
      if (server.listening) server.close(() => resolve())
      else resolve()
    })
    return this.#closed
  }

  /** Makes a connection a line, or answers why not and closes it. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Node takes its own listeners away from an upgraded socket, and its time limit stays.
    socket.on('error', () => undefined)
    request.socket.setTimeout(0)
    const upgrading = this.#upgrading
    const isKnown = request.url === upgrading?.path && request.headers.upgrade === upgrading?.protocol
    if (upgrading === undefined || !isKnown || this.#lines >= MAX_LINES || this.#closed !== undefined) {
      const why = isKnown
        ? `${String(MAX_LINES)} command lines hand over their output, which is the most. End one of them first.`
        : NOT_UNDERSTOOD
      const body = JSON.stringify(toWireError(new AppError('usage', why)))
      const head = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json'
      const length = String(Buffer.byteLength(body))
      socket.end(`${head}\r\nContent-Length: ${length}\r\n\r\n${body}`, () => socket.destroy())
      return
    }
    this.#lines += 1
    socket.once('close', () => (this.#lines -= 1))
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrading.protocol}\r\n\r\n`)
    upgrading.take(socket, head)
  }

  /** Answers one request and closes its connection. Never rejects. */
  async #talk(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, await this.#replyOrClosing(request))
    } catch (error) {
      send(response, failed(error))
    }
  }

  /** The reply, or that Culvert is closing where that comes first. */
  async #replyOrClosing(request: IncomingMessage): Promise<Reply> {
    const question = await this.#read(request)
    if (this.#closed !== undefined) throw closingError()
    return new Promise((resolve, reject) => {
      // Only while it is open: an entry of a closed connection would stay for ever.
      if (this.#connections.has(request.socket)) this.#connections.set(request.socket, () => reject(closingError()))
      question().then((content) => resolve({ status: 200, content }), reject)
    })
  }

  /** Resolves with what answers the request, once that is whole. Rejects for what makes no sense. */
  async #read(request: IncomingMessage): Promise<() => Promise<unknown>> {
    const { method, url } = request
    if (method === 'GET' && url === WHO_PATH) return () => this.#who.promise
    if (method !== 'POST' || url !== REQUEST_PATH) {
      throw new AppError('usage', NOT_UNDERSTOOD)
    }
    const body = await readBody(request)
    if (body.kind === 'too-long') {
      throw new AppError('protocol', `The request is longer than ${MAX_BODY_BYTES} bytes: shorten it.`)
    }
    if (body.kind === 'closed') throw new AppError('protocol', 'The request ended before it was whole: send it again.')
    const parsed = parse(body.text)
    return async () => {
      const answering = await this.#answering.promise
      return (await answering(parsed)) ?? null
    }
  }
}

function closingError(): AppError {
  return new AppError('not-running', 'Culvert is closing: start it again, then try again.')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('protocol', 'The request is no JSON: send JSON.', { cause: error })
  }
}

function failed(error: unknown): Reply {
  const { code } = asAppError(error)
  return { status: code === 'not-running' ? 503 : 400, content: toWireError(error) }
}

/** Sends a reply. If the client has gone, it is dropped. */
function send(response: ServerResponse, reply: Reply): void {
  const { status, text } = encode(reply)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  response.end(text)
}

function encode(reply: Reply): { readonly status: number; readonly text: string } {
  try {
    const text = JSON.stringify(reply.content)
    if (Buffer.byteLength(text) <= MAX_BODY_BYTES) return { status: reply.status, text }
    throw new AppError('internal', 'The answer is too long for this connection: use the window instead.')
  } catch (error) {
    return { status: 500, text: JSON.stringify(toWireError(error)) }
  }
}
