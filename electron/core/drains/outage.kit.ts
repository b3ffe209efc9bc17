// A receiver on a port of its own that goes away, also in the middle of a request, and comes back, for the tests of drains.

import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What a receiver does with a connection. */
export type Take = (socket: Socket) => void

/** A receiver. It begins listening at once. */
export class Outage implements AsyncDisposable {
  port = 0
  /** Connections that were tried since the last `cut`. */
  connections: Socket[] = []
  #take: Take
  #server: Server | undefined

  private constructor(take: Take) {
    this.#take = take
  }

  static async start(take: Take): Promise<Outage> {
    const outage = new Outage(take)
    await outage.back(take)
    return outage
  }

  /** Handles connections otherwise from now on. */
  take(take: Take): void {
    this.#take = take
  }

  /** Resets all connections and listens no more. */
  async cut(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.connections.splice(0)) socket.resetAndDestroy()
    await closed
  }

  /** Listens again, on the same port. */
  async back(take = this.#take): Promise<void> {
    this.#take = take
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      socket.on('error', () => undefined)
      this.connections.push(socket)
      this.#take(socket)
    })
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    this.#server = server
    const address = server.address()
    this.port = (address as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut()
  }
}

/** Speaks HTTP with a connection. `answer` is called with each whole request. */
export function speakHttp(answer: (request: IncomingMessage, body: string, response: ServerResponse) => void): Take {
  const http = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(request, Buffer.concat(chunks).toString(), response))
  })
  return (socket) => {
    http.emit('connection', socket)
    socket.resume()
  }
}

/** Reads no byte: resets the connection once bytes wait unread in its buffer. */
export const resetUnread: Take = (socket) => {
  socket.once('readable', () => socket.resetAndDestroy())
}
