// The loopback web door: serves the page and its Link, and decides nothing.
//
// Owns its server and the WebSockets on it. The core is the caller's.

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Core } from '../core/coreparts'
import { ENTRY_PATH, EntryCode, answerEntry, type EntryOptions } from './entry'
import { answerFile, readStaticFiles, type StaticFile } from '../page/files'
import { contentSecurityPolicy, isOwnHost, isOwnOrigin } from '../page/policy'
import { serveLink } from './link'
import { openServer, refuseUpgrade, type ServerLimits } from './server'

const MAX_REQUEST_BYTES = 2 * 1_024 * 1_024

/** What to serve and where. */
export interface WebDoorOptions {
  readonly core: Core
  /** The built page. */
  readonly directory: string
  /** 0: the system chooses one. */
  readonly port: number
  readonly limits?: ServerLimits
  /** Epoch ms; for tests. */
  readonly now?: () => number
}

/** An open door. Disposing closes it and every socket. */
export interface WebDoor extends AsyncDisposable {
  readonly port: number
  /** The page's address with the token in its fragment, which browsers do not send. A secret: print it once, log it never. */
  readonly url: string
  /**
   * Makes an address for a browser on this computer, for one use within 30 s; earlier ones become invalid. `used` is called at its use.
   * A secret while it is valid.
   */
  issueEntry(used: () => void): string
}

/** Opens the door. Rejects with `port-in-use` or `internal`. */
export async function openWebDoor(options: WebDoorOptions): Promise<WebDoor> {
  const { core, directory, limits, now = Date.now } = options
  const token = randomBytes(32).toString('base64url')
  const files = readStaticFiles(directory)
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_REQUEST_BYTES })
  const opened = await openServer(options.port, limits)
  const { server, port } = opened
  const entry = { code: new EntryCode(now), token, port }
  server.on('request', (request, response) => serve(request, response, { files, port, entry }))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isOurs = isOwnHost(request.headers.host, port) && isOwnOrigin(request.headers.origin, port)
    // ws itself refuses a request that is no WebSocket handshake, with 400 or 405.
    if (!isOurs || request.url !== '/link') refuseUpgrade(socket)
    else sockets.handleUpgrade(request, socket, head, (link) => serveLink(link, core, token))
  })
  return {
    port,
    url: `http://127.0.0.1:${port}/#${token}`,
    issueEntry: (used) => `http://127.0.0.1:${port}${ENTRY_PATH}#${entry.code.issue(used)}`,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  site: { readonly files: ReadonlyMap<string, StaticFile>; readonly port: number; readonly entry: EntryOptions },
): void {
  const { files, port, entry } = site
  // The browser may close the connection while a file is being sent.
  response.on('error', () => undefined)
  if (!isOwnHost(request.headers.host, port)) {
    response.writeHead(403, { 'content-length': 0, connection: 'close' }).end()
    return
  }
  if (request.url === ENTRY_PATH) {
    answerEntry(request, response, entry)
    return
  }
  const { status, headers, body } = answerFile(
    files,
    { method: request.method ?? '', path: request.url ?? '/' },
    (nonce) => contentSecurityPolicy(nonce, [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`], { hasPlayer: true }),
  )
  response.writeHead(status, { ...headers, ...(status === 200 ? {} : { connection: 'close' }) }).end(body)
}
