// The loopback web door: serves the page and its Link, and decides nothing.
//
// Owns the HTTP server and its sockets. The core is the caller's.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { AppError } from '../../shared/errors'
import type { Core } from '../core/core'
import { answerFile, readStaticFiles, type StaticFile } from './files'
import { contentSecurityPolicy, isOwnHost, isOwnOrigin } from './guard'
import { doorError, serveLink } from './link'

const MAX_REQUEST_BYTES = 2 * 1_024 * 1_024

/** What to serve and where. */
export interface WebDoorOptions {
  readonly core: Core
  /** The built page. */
  readonly directory: string
  /** 0: one is chosen. */
  readonly port: number
}

/** An open door. Disposing closes it and every socket. */
export interface WebDoor extends AsyncDisposable {
  readonly port: number
  /** The page's address with the token in its fragment, which browsers do not send. A secret: print it once, log it never. */
  readonly url: string
}

/** Opens the door. Rejects with `port-in-use` or `internal`. */
export async function openWebDoor(options: WebDoorOptions): Promise<WebDoor> {
  const token = randomBytes(32).toString('base64url')
  const files = readStaticFiles(options.directory)
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_REQUEST_BYTES })
  const server = createServer()
  await bind(server, options.port)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new AppError('internal', 'The web page has no port.')
  const { port } = address
  server.on('request', (request, response) => serveFile(request, response, { files, port }))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isOurs = isOwnHost(request.headers.host, port) && isOwnOrigin(request.headers.origin, port)
    if (!isOurs || request.url !== '/link') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => serveLink(opened, options.core, token))
  })
  let closed: Promise<void> | undefined
  return {
    port,
    url: `http://127.0.0.1:${port}/#${token}`,
    [Symbol.asyncDispose]: () => {
      closed ??= new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        server.closeAllConnections()
        server.close(() => resolve())
      })
      return closed
    },
  }
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(doorError(error, port)))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve)
  })
}

function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  site: { readonly files: ReadonlyMap<string, StaticFile>; readonly port: number },
): void {
  const { files, port } = site
  if (!isOwnHost(request.headers.host, port)) {
    response.writeHead(403, { 'content-length': 0, connection: 'close' }).end()
    return
  }
  const { status, headers, body } = answerFile(
    files,
    { method: request.method ?? '', path: request.url ?? '/' },
    (nonce) => contentSecurityPolicy(nonce, [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]),
  )
  response.writeHead(status, { ...headers, ...(status === 200 ? {} : { connection: 'close' }) }).end(body)
}
