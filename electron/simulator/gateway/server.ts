// The simulator's HTTP server: its sockets, from the first moment of each to its close, and how many and how long.
//
// The bounds of its sockets are those of http/server.ts. Does not own what requests mean.

import type { Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors'
import { createBoundedServer } from '../../http/server'

const HOST = '127.0.0.1'
/** For a whole request: clients here send theirs at once. Node would wait 60 s for a head and 300 s for a body. */
const REQUEST_MS = 30_000
/** For an answer that is not read, and for an upgrade that was refused. Not for one that is being made: tests delay those. */
const UNREAD_MS = 30_000
/** A data channel takes one, a listing a few. More are closed as they come. */
const MAX_CONNECTIONS = 1_024

/** A server that listens on 127.0.0.1. */
export interface LoopbackServer {
  readonly server: Server
  readonly port: number
  /** Destroys every socket, upgraded ones too, which Node's server no longer counts. */
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

/** Listens on `port`, 0 for a free one. Throws `simulator-failed` when the port is taken. */
export async function openServer(port: number, limits: ServerLimits = {}): Promise<LoopbackServer> {
  const { requestMs = REQUEST_MS, unreadMs = UNREAD_MS, maxConnections = MAX_CONNECTIONS } = limits
  const bounded = createBoundedServer({ requestMs, maxConnections, unreadMs })
  const { server } = bounded
  server.on('upgrade', (_request, socket) => {
    if (socket instanceof Socket) socket.setTimeout(unreadMs)
  })
  await bounded.listen({ host: HOST, port }).catch((error: unknown) => {
    const words = `The Demo could not listen on port ${port}. Choose another port.`
    throw new AppError('simulator-failed', words, { cause: error })
  })
  const address = server.address()
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : port,
    destroySockets: () => bounded.destroySockets(),
  }
}

/**
 * Answers an upgrade with an HTTP status and closes its socket, also where the other side does not close. Answers of the service
 * carry a request id; the door and a proxy give none.
 */
export function refuseUpgrade(socket: Duplex, status: number, reason: string, requestId?: string): void {
  const identity = requestId === undefined ? '' : `x-amzn-RequestId: ${requestId}\r\n`
  const text = `HTTP/1.1 ${status} ${reason}\r\n${identity}Connection: close\r\nContent-Length: 0\r\n\r\n`
  socket.end(text, () => socket.destroy())
}
