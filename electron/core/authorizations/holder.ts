// The socket where a holder's authorizations are redeemed, and the sessions of those that were.
//
//   GET /redeem, Upgrade: culvert-authorization-1, Authorization: Bearer SECRET, optional Culvert-Local-Port: N
//     101   the connection is a line of frames from here on (line/)
//     403   {"code":"authorization-refused","message":"…"}: a WireError; other 4xx for requests that make no sense
//
// The socket has mode 0600 in this user's folder under /tmp, which needs no variables to be found. Owns its connections and what they
// attend to: disposing ends all sessions. A socket file whose process is dead is removed by the next holder.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { chmod, lstat, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { AppError, asAppError, toWireError } from '../../../shared/errors'
import { createBoundedServer } from '../../http/server'
import { Ends } from '../async/closing'
import { look } from '../lock/exchange'
import { authorizationSocketPath, makePrivate } from '../lock/socketpath'
import { unlinkIfThere } from '../lock/takeover'
import { directoryError } from '../store/failure'
import { attend } from './attended'
import type { Authorizations } from './authorizations'
import { Line } from './line/line'
import { newHolderName } from './tokens/token'

/** Where a token is redeemed. */
export const REDEEM_PATH = '/redeem'

/** The protocol of the line. */
export const LINE_PROTOCOL = 'culvert-authorization-1'

/** The header that names a local port. */
export const LOCAL_PORT_HEADER = 'culvert-local-port'

/** A command sends its request at once. */
const QUIET_MS = 5_000

/** Commands that attend at a time. Each has a descriptor here, beside those of its session. */
const MAX_CONNECTIONS = 256

/** More files than that are not looked at. */
const MAX_FILES = 1_000

/** A socket file of this age belongs to a process that listens, or that is gone. */
const SETTLED_MS = 60_000

/** A socket where tokens are redeemed. Disposing ends the sessions, then the socket. */
export interface Holder extends AsyncDisposable {
  /** The holder's part of its tokens. */
  readonly name: string
}

/** What a holder needs. */
export interface HolderOptions {
  readonly authorizations: Authorizations
  /** Epoch ms. */
  readonly now: () => number
}

/** Opens the socket. Throws `data-directory` where no private folder or no socket can be made. */
export async function openHolder({ authorizations, now }: HolderOptions): Promise<Holder> {
  const name = newHolderName()
  const path = authorizationSocketPath(name, process.getuid?.())
  const life = new AbortController()
  const ends = new Ends()
  const bounded = createBoundedServer({ requestMs: QUIET_MS, unreadMs: QUIET_MS, maxConnections: MAX_CONNECTIONS })
  const { server } = bounded
  server.on('request', (_request, response) => refuse(response))
  server.on('upgrade', (request, socket, head) => {
    // Node takes its own listeners away from an upgraded socket, and its time limit stays.
    socket.on('error', () => undefined)
    try {
      const secret = secretOf(request)
      const localPort = localPortOf(request)
      const redemption = authorizations.redeem(secret)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${LINE_PROTOCOL}\r\n\r\n`)
      request.socket.setTimeout(0)
      void ends.add(attend({ redemption, line: new Line(socket, head), now, localPort, signal: life.signal }))
    } catch (error) {
      hangUp(socket, asAppError(error))
    }
  })
  try {
    await makeFolder(path, now())
    await bounded.listen({ path })
    if (process.platform !== 'win32') await chmod(path, 0o600)
  } catch (error) {
    server.close()
    throw error instanceof AppError ? error : directoryError(path, 'made', error)
  }
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    life.abort(new AppError('not-running', 'The Culvert that authorized the session is closing.'))
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    await ends.idle()
    bounded.destroySockets()
    // A server that closes removes the file of its socket.
    await stopped
  }
  return { name, [Symbol.asyncDispose]: () => (closed ??= close()) }
}

async function makeFolder(path: string, now: number): Promise<void> {
  const uid = process.getuid?.()
  if (uid === undefined) return
  const folder = dirname(path)
  await makePrivate(folder, uid, 'forward the port on this computer instead')
  const names = await readdir(folder).catch(() => [])
  for (const found of names.slice(0, MAX_FILES)) {
    const other = join(folder, found)
    if (!/^authz-[0-9a-f]{12}\.sock$/.test(found) || found === basename(path)) continue
    // A new socket looks dead until its process listens.
    const bornAt = await lstat(other).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    )
    if (now - bornAt > SETTLED_MS && (await look(other)) === 'dead') await unlinkIfThere(other)
  }
}

/** The secret of a request to redeem. Throws `usage` for any other request. */
function secretOf({ method, url, headers }: IncomingMessage): string {
  const [, secret] = /^Bearer ([A-Za-z0-9_-]{1,100})$/.exec(headers.authorization ?? '') ?? []
  if (method === 'GET' && url === REDEEM_PATH && headers.upgrade === LINE_PROTOCOL && secret !== undefined)
    return secret
  throw notUnderstood()
}

/** The local port that a request names; undefined: a free one. Throws `usage` for what is no port. */
function localPortOf({ headers }: IncomingMessage): number | undefined {
  const text = headers[LOCAL_PORT_HEADER]
  if (text === undefined) return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw notUnderstood()
}

function notUnderstood(): AppError {
  return new AppError(
    'usage',
    'The Culvert that authorized the session does not understand this. Use the same version.',
  )
}

function refuse(response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify(toWireError(notUnderstood())))
}

/** Answers an upgrade that is refused, and closes its connection. */
function hangUp(socket: Duplex, error: AppError): void {
  const status = error.code === 'authorization-refused' ? '403 Forbidden' : '400 Bad Request'
  const body = JSON.stringify(toWireError(error))
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json`
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy())
}
