// Dials one WebSocket to the message gateway and presents it as a Wire.
//
// No subprotocol, no extensions, HTTP/1.1; the URL's bytes are used as they came (`+`, `/` and `=` in the query).
// Source: specification §2.

import type { Agent } from 'node:http'
import { WebSocket, type RawData } from 'ws'
import { cutText } from '../../../shared/cut'
import { AppError } from '../../../shared/errors'
import { isFipsHost } from '../../../shared/partitions'
import { UpgradeRefusal } from './refusal'
import type { Wire, WireListener } from './wire'

const DIAL_TIMEOUT_MS = 20_000
// Agents send messages of up to 1,055 bytes. This limit bounds the memory that a broken peer can use up.
const MAX_MESSAGE_BYTES = 4 * 1_024 * 1_024
// Length of a proxy's or resolver's error text that is shown.
const MAX_REASON_CHARACTERS = 300
// A peer that does not answer the close frame in this time loses the socket.
const CLOSE_WAIT_MS = 2_000
// No pong is queued beyond this. Otherwise a peer that pings and does not read would fill the memory.
const MAX_PONG_BACKLOG_BYTES = 65_536

/** How to dial. */
export interface DialOptions {
  readonly url: string
  /** Signature headers of the upgrade, or none. */
  readonly headers: Readonly<Record<string, string>>
  /** Carries proxy and CA settings. */
  readonly agent: Agent | undefined
  readonly signal: AbortSignal
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}

/**
 * Opens a WebSocket. Rejects with an `UpgradeRefusal` (401, 403), `network` (anything else that kept it from opening, 20 s at
 * most) or the signal's reason. The caller owns the wire.
 */
export function dial(options: DialOptions): Promise<Wire> {
  const { url, headers, agent, signal } = options
  signal.throwIfAborted()
  const host = new URL(url).host
  const socket = new WebSocket(url, {
    headers: { ...headers },
    ...(agent === undefined ? {} : { agent }),
    perMessageDeflate: false,
    handshakeTimeout: DIAL_TIMEOUT_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    followRedirects: false,
    autoPong: false,
  })
  return new Promise<Wire>((resolve, reject) => {
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const onAbort = (): void => {
      socket.terminate()
      settle(() => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted')))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('unexpected-response', (request, response) => {
      const status = response.statusCode ?? 0
      response.resume()
      request.destroy()
      const isRefusal = status === 401 || status === 403
      const text = `Session Manager answered the data channel with HTTP ${status}. Try again in a moment.`
      const error = isRefusal ? new UpgradeRefusal(status, response.headers) : new AppError('network', text)
      settle(() => reject(error))
    })
    // This listener stays for the life of the socket: an 'error' without a listener ends the process. 'close' follows each error.
    socket.on('error', (error) => {
      settle(() =>
        reject(
          new AppError(
            'network',
            `${host} could not be reached (${cutText(error.message, MAX_REASON_CHARACTERS)}). ${nextStep(host, error)}`,
            {
              cause: error,
            },
          ),
        ),
      )
    })
    socket.once('open', () => settle(() => resolve(new SocketWire(socket))))
  })
}

function nextStep(host: string, error: Error): string {
  const isUnknown = 'code' in error && error.code === 'ENOTFOUND'
  return isUnknown && isFipsHost(host)
    ? 'Not every region has a FIPS endpoint of ssmmessages: check the region and CULVERT_SSMMESSAGES_ENDPOINT.'
    : 'Check the network and proxy settings.'
}

class SocketWire implements Wire {
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('ping', (data) => {
      const mayAnswer = socket.readyState === WebSocket.OPEN && socket.bufferedAmount <= MAX_PONG_BACKLOG_BYTES
      if (mayAnswer) socket.pong(data, undefined, () => undefined)
    })
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  listen(listener: WireListener): void {
    const socket = this.#socket
    socket.on('message', (data, isBinary) => {
      if (isBinary) listener.message(toBuffer(data))
    })
    socket.on('pong', () => listener.pong())
    socket.on('close', (code, reason) => listener.closed(closeCause(code, reason.toString('utf8'))))
    // The socket may have closed before this call; its 'close' event is past then.
    if (socket.readyState === WebSocket.CLOSED) queueMicrotask(() => listener.closed(closeCause(1006, '')))
  }

  send(data: string | Buffer): void {
    // A failed write is followed by 'close'. The message stays in the channel's store.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data, () => undefined)
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(undefined, undefined, () => undefined)
  }

  close(code: number): void {
    const socket = this.#socket
    socket.removeAllListeners('message')
    socket.removeAllListeners('close')
    const timer = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS)
    socket.once('close', () => clearTimeout(timer))
    if (socket.readyState === WebSocket.CLOSED) clearTimeout(timer)
    else socket.close(code)
  }

  terminate(): void {
    this.#socket.removeAllListeners('message')
    this.#socket.removeAllListeners('close')
    this.#socket.terminate()
  }
}

function closeCause(code: number, reason: string): AppError {
  const said = reason === '' ? `code ${code}` : `code ${code}, ${reason}`
  return new AppError('network', `The connection to Session Manager was closed (${said}).`)
}
