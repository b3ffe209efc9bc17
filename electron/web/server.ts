// The HTTP server of the web door: its sockets, from the first moment of each to its close, and how many and how long.
//
// The bounds of its sockets are those of http/server.ts. Does not own what requests mean (door.ts), nor a socket's Link (link.ts).

import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError } from '../../shared/errors'
import { createBoundedServer } from '../http/server'

/**
 * A page sends its whole request at once and reads the answer at once. Node's defaults (60 s for a head, 300 s for a request,
 * without end for an answer that is not read) are made for slow networks.
 */
const QUIET_MS = 10_000

/** A browser has 6 for files and 1 for each open page. More are closed as they come: descriptors are needed for tunnels. */
const MAX_CONNECTIONS = 64

/** A server that listens on 127.0.0.1. Disposing destroys every socket and frees the port. */
export interface LoopbackServer extends AsyncDisposable {
  readonly server: Server
  readonly port: number
}

/** What a server allows; for tests. */
export interface ServerLimits {
  /** A socket that is silent for so long, or whose request is not whole after it, is destroyed. A Link has its own limits. */
  readonly quietMs?: number
  readonly maxConnections?: number
}

/** Listens on `port`, 0 for a free one. Rejects with `port-in-use` or `internal`. */
export async function openServer(port: number, limits: ServerLimits = {}): Promise<LoopbackServer> {
  const { quietMs = QUIET_MS, maxConnections = MAX_CONNECTIONS } = limits
  const bounded = createBoundedServer({ requestMs: quietMs, maxConnections })
  const { server } = bounded
  // Also for an answer that is not read, and for an upgrade that was refused.
  server.timeout = quietMs
  await bounded.listen({ host: '127.0.0.1', port, exclusive: true }).catch((error: unknown) => {
    throw openError(error, port)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new AppError('internal', 'The web page has no port.')
  let closed: Promise<void> | undefined
  return {
    server,
    port: address.port,
    [Symbol.asyncDispose]: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve())
        bounded.destroySockets()
      })
      return closed
    },
  }
}

/** Answers an upgrade with 403 and closes its socket, also where the other side does not close. */
export function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', () => socket.destroy())
}

/** The error of a server that could not be opened. */
function openError(error: unknown, port: number): AppError {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return new AppError('port-in-use', `Port ${port} is in use by another program. Choose another with --port.`)
  }
  return new AppError('internal', `The web page could not be served (${String(error)}).`, { cause: error })
}
