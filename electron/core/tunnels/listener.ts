// A local TCP listener on loopback: 127.0.0.1 and ::1 on one port, exclusively, and nothing else.
//
// `localhost` resolves to either address. With a listener on one of them alone, some programs would reach nothing, or a listener
// of another program. So a port that another program holds on either address counts as in use.
//
// Without a free descriptor no connection can be accepted. Node on Linux and macOS then closes the waiting connections without an
// event, and the server goes on. On other systems and in older versions the server emits an error and accepts no more: it is
// closed, and its address is bound again after a pause.
// Source: libuv `uv__emfile_trick` (unix/stream.c) and `uv__process_tcp_accept_req` (win/tcp.c).

import { createServer, type Server, type Socket } from 'node:net'
import { codeOf, AppError, asError } from '../../../shared/errors'

// An ephemeral port of 127.0.0.1 may be in use on ::1. This is how many ports are tried.
const MAX_PORT_ATTEMPTS = 20

// The first pause is short, so that few programs notice. It doubles each time, so that a lasting fault costs little.
const FIRST_REBIND_MS = 100
const MAX_REBIND_MS = 10_000

/** How to listen. */
export interface ListenOptions {
  /** The port to bind, or 0 to have one chosen. */
  readonly port: number
  /** Called with each accepted socket, which is paused and may be half-open. The callee owns the socket. */
  readonly onConnection: (socket: Socket) => void
}

/**
 * A bound listener. Disposing frees the port at once and resolves when the accepted connections have closed too. It does not close
 * them: their owner does.
 */
export interface Listener extends AsyncDisposable {
  readonly port: number
  /** The bound addresses: 127.0.0.1, and ::1 if this computer has IPv6. */
  readonly hosts: readonly string[]
}

function bind(host: string, port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  // allowHalfOpen: a program that has sent its request and its end still waits for the answer (specification §8.5).
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, onConnection)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, ipv6Only: true }, () => {
      server.removeListener('error', reject)
      resolve(server)
    })
  })
}

/** One bound address. Disposing frees it at once and resolves when every connection that it accepted has closed. */
class BoundAddress implements AsyncDisposable {
  readonly #bind: () => Promise<Server>
  readonly #closing = new Set<Promise<void>>()
  #server: Server | undefined
  #rebinding: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #pauseMs = FIRST_REBIND_MS
  #isOver = false

  /** `server` is bound; `bind` binds another server to the same address. */
  constructor(server: Server, bind: () => Promise<Server>) {
    this.#bind = bind
    this.#watch(server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#close()
    await this.#rebinding
    await Promise.all(this.#closing)
  }

  #watch(server: Server): void {
    this.#server = server
    server.on('error', () => {
      // A server that was replaced may still emit errors.
      if (server !== this.#server) return
      this.#close()
      this.#bindLater()
    })
    server.once('connection', () => {
      this.#pauseMs = FIRST_REBIND_MS
    })
  }

  #bindLater(): void {
    if (this.#isOver) return
    this.#timer = setTimeout(() => {
      this.#rebinding = this.#bind().then(
        (server) => {
          this.#watch(server)
          if (this.#isOver) this.#close()
        },
        () => this.#bindLater(),
      )
    }, this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_REBIND_MS)
  }

  #close(): void {
    if (this.#server === undefined) return
    const closed = close(this.#server)
    this.#server = undefined
    this.#closing.add(closed)
    void closed.then(() => this.#closing.delete(closed))
  }
}

/** Frees the port at once; resolves when the accepted connections have closed. */
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
  if (codeOf(error) === 'EMFILE') {
    const text = `Local port ${port} could not be opened: this process has as many open files as the system allows it. Close some connections, or raise that limit (ulimit -n), and try again.`
    return new AppError('internal', text, { cause: error })
  }
  return new AppError('internal', `Local port ${port} could not be opened (${asError(error).message}).`, {
    cause: error,
  })
}

const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL'])

/** Binds both loopback addresses. Rejects with `port-in-use`, `port-not-allowed` or `internal`, and then leaves nothing bound. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { onConnection } = options
  for (let attempt = 1; ; attempt += 1) {
    const v4 = await bind('127.0.0.1', options.port, onConnection).catch((error: unknown) => {
      throw translate(error, options.port)
    })
    const port = portOf(v4)
    const first = new BoundAddress(v4, () => bind('127.0.0.1', port, onConnection))
    try {
      const v6 = await bind('::1', port, onConnection)
      const second = new BoundAddress(v6, () => bind('::1', port, onConnection))
      return listener(port, [first, second], ['127.0.0.1', '::1'])
    } catch (error) {
      if (NO_IPV6.has(codeOf(error) ?? '')) return listener(port, [first], ['127.0.0.1'])
      await first[Symbol.asyncDispose]()
      const isCollision = options.port === 0 && codeOf(error) === 'EADDRINUSE'
      if (!isCollision || attempt === MAX_PORT_ATTEMPTS) throw translate(error, port)
    }
  }
}

function listener(port: number, addresses: readonly BoundAddress[], hosts: readonly string[]): Listener {
  let closed: Promise<void> | undefined
  return {
    port,
    hosts,
    [Symbol.asyncDispose]: () => {
      closed ??= Promise.all(addresses.map((address) => address[Symbol.asyncDispose]())).then(() => undefined)
      return closed
    },
  }
}
