// An HTTP server whose sockets are bounded: what the web door, the lock of a data directory and the simulator have in common.
//
// Any program of this computer can connect. Every socket has an error listener of its own from its first moment to its close,
// beside those that Node's HTTP server adds and removes: an upgraded socket has none of Node's, and an unheard error ends the
// process and all tunnels. A request that cannot be parsed is answered by Node itself (400, 408 or 431) and its socket
// destroyed. Does not own what requests mean. Imports nothing of ours.

import { createServer, type Server } from 'node:http'
import type { ListenOptions, Socket } from 'node:net'

/** How long a connection may wait for its next request. Node's default. */
const KEEP_ALIVE_MS = 5_000

/** The limits of a server. */
export interface ServerBounds {
  /** For a request to arrive whole, from the connection or the answer before it. Node would wait 60 s for a head, 300 s for a body. */
  readonly requestMs: number
  /** More connections are closed as they come: descriptors are needed for tunnels. */
  readonly maxConnections: number
  /** For an answer that is written whole and not read. Absent: without limit. An answer in the making is not limited. */
  readonly unreadMs?: number
}

/** A bounded server and its sockets. */
export interface BoundedServer {
  readonly server: Server
  /** Listens at a port or path. Rejects as the system does. */
  listen(options: ListenOptions): Promise<void>
  /** Destroys every socket, also upgraded ones, which the server no longer knows but waits for when it closes. */
  destroySockets(): void
}

/** Makes a server that does not listen yet. */
export function createBoundedServer({ requestMs, maxConnections, unreadMs }: ServerBounds): BoundedServer {
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
    if (unreadMs === undefined) return
    // Set once the answer is written, not before: the socket is destroyed when its client takes nothing for so long.
    response.once('prefinish', () => response.setTimeout(unreadMs))
  })
  return {
    server,
    listen: (options) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(options, () => {
          server.off('error', reject)
          // A connection that could not be accepted (too many open files) is its client's trouble.
          server.on('error', () => undefined)
          resolve()
        })
      }),
    destroySockets: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
