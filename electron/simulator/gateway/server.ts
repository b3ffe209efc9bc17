// The simulator's HTTP server: its sockets, from the first moment of each to its close, and how many and how long.
//
// Any program of this computer can connect, so every socket has an error listener of its own, beside those that Node's HTTP
// server adds and takes away: an upgraded socket has none, and an error that is not heard ends the process. A request that
// cannot be parsed is answered by Node itself (400, 408 or 431) and its socket destroyed. Does not own what requests mean.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors'

const HOST = '127.0.0.1'
/** For a whole request: clients here send theirs at once. Node would wait 60 s for a head and 300 s for a body. */
const REQUEST_MS = 30_000
/** Between two requests on one connection. Node's default. */
const KEEP_ALIVE_MS = 5_000
/** For an answer that is not read, and for an upgrade that was refused. Not for one that is being made: tests delay those. */
const UNREAD_MS = 30_000
/** A data channel takes one, a listing a few. More are closed as they come. */
const MAX_CONNECTIONS = 1_024

/** A server that listens on 127.0.0.1. */
export interface LoopbackServer {
  readonly server: Server
  readonly port: number
  /** Destroys every socket, upgraded ones too, which the server does not know any more. */
  destroySockets(): void
}

/** What a server allows; for tests. */
export interface ServerLimits {
  /** For a request to come whole. */
  readonly requestMs?: number
  /** For an answer that is not read. */
  readonly unreadMs?: number
  readonly maxConnections?: number
}

/** Listens on `port`, 0 for a free one. Throws `simulator-failed` when the port cannot be had. */
export async function openServer(port: number, limits: ServerLimits = {}): Promise<LoopbackServer> {
  const { requestMs = REQUEST_MS, unreadMs = UNREAD_MS, maxConnections = MAX_CONNECTIONS } = limits
  const server = createServer({
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.ceil(requestMs / 4),
  })
  server.maxConnections = maxConnections
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined /* 'close' follows */)
    // Node does so by itself until an upgrade is asked for; from a WebSocket ws takes the limit away.
    socket.on('timeout', () => socket.destroy())
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (_request, response) => {
    response.on('error', () => undefined /* its client has gone */)
    // Once it is written, not before: the socket is destroyed when nothing of it is taken for so long.
    response.once('prefinish', () => response.setTimeout(unreadMs))
  })
  server.on('upgrade', (_request, socket) => {
    if (socket instanceof Socket) socket.setTimeout(unreadMs)
  })
  server.listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch (error) {
    const words = `The Demo could not listen on port ${port}. Choose another port.`
    throw new AppError('simulator-failed', words, { cause: error })
  }
  // A connection that could not be accepted (too many open files) is its client's trouble.
  server.on('error', () => undefined)
  const address = server.address()
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : port,
    destroySockets: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Answers an upgrade with an HTTP status and closes its socket, also where the other side does not close. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  const text = `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  socket.end(text, () => socket.destroy())
}
