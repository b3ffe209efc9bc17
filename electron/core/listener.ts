// A local TCP listener on loopback: 127.0.0.1 and ::1 on one port, exclusively, and nothing else.
//
// `localhost` resolves to either address; a listener on one of them alone is missed by half of the programs, or found
// there is somebody else's. A port that another program holds on either address is never shared.

import { createServer, type Server, type Socket } from 'node:net'
import { AppError, asError } from '../../shared/errors'

// An ephemeral port of 127.0.0.1 may be taken on ::1: so many others are tried.
const MAX_PORT_ATTEMPTS = 20

/** How to listen. */
export interface ListenOptions {
  /** The port to bind, or 0 to have one chosen. */
  readonly port: number
  /** Gets each accepted socket, paused and half-open allowed; it owns the socket from then on. */
  readonly onConnection: (socket: Socket) => void
}

/**
 * A bound listener. Disposing frees the port at once, touches no accepted connection, and resolves when those have closed
 * too: their owner ends them.
 */
export interface Listener extends AsyncDisposable {
  readonly port: number
  /** Addresses that are bound, 127.0.0.1 first. Without IPv6 on this computer it is the only one. */
  readonly hosts: readonly string[]
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function bind(host: string, port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  // allowHalfOpen: a program that has finished its request still awaits the answer (specification §8.5).
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, onConnection)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, ipv6Only: true }, () => {
      server.removeListener('error', reject)
      // Accept errors (out of file descriptors) concern one connection, not the listener.
      server.on('error', () => undefined)
      resolve(server)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new AppError('internal', 'The listener has no port.')
  return address.port
}

function translate(error: unknown, port: number): AppError {
  if (codeOf(error) === 'EADDRINUSE') {
    return new AppError(
      'port-in-use',
      `Local port ${port} is in use by another program. Close that program or choose another local port.`,
      { cause: error },
    )
  }
  if (codeOf(error) === 'EACCES') {
    return new AppError(
      'port-not-allowed',
      `This user may not listen on port ${port}. Choose a local port above 1023.`,
      {
        cause: error,
      },
    )
  }
  return new AppError('internal', `Local port ${port} could not be opened (${asError(error).message}).`, {
    cause: error,
  })
}

const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL'])

/** Binds both loopback addresses. Rejects with `port-in-use`, `port-not-allowed` or `internal`; then nothing is bound. */
export async function listen(options: ListenOptions): Promise<Listener> {
  for (let attempt = 1; ; attempt += 1) {
    const v4 = await bind('127.0.0.1', options.port, options.onConnection).catch((error: unknown) => {
      throw translate(error, options.port)
    })
    const port = portOf(v4)
    try {
      const v6 = await bind('::1', port, options.onConnection)
      return listener(port, [v4, v6], ['127.0.0.1', '::1'])
    } catch (error) {
      if (NO_IPV6.has(codeOf(error))) return listener(port, [v4], ['127.0.0.1'])
      await close(v4)
      const isCollision = options.port === 0 && codeOf(error) === 'EADDRINUSE'
      if (!isCollision || attempt === MAX_PORT_ATTEMPTS) throw translate(error, port)
    }
  }
}

function listener(port: number, servers: readonly Server[], hosts: readonly string[]): Listener {
  let closed: Promise<void> | undefined
  return {
    port,
    hosts,
    [Symbol.asyncDispose]: () => {
      closed ??= Promise.all(servers.map(close)).then(() => undefined)
      return closed
    },
  }
}
