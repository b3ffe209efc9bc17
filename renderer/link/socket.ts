// The Link of a page: requests, answers and events over one WebSocket to the host that served the page.
//
//   connecting --first message--> open --socket lost--> lost --0.2 s, doubling to 5 s--> connecting …
//       └--closed for our token--> refused, for good          tokenless: never connects
//
// Owns the socket and reconnects for as long as the page lives. A request never outlives its socket: the host may or may not
// have carried it out, so it is rejected, never sent twice. Does not own the state that it carries (store.ts).

import type { Link } from '../../shared/api'
import type { EventName, Events } from '../../shared/api/events'
import { decodeFrame } from '../../shared/api/frames'
import type { RequestName, RequestParameters, Responses } from '../../shared/api/requests'
import { isRecord } from '../../shared/api/shape'
import { AppError, fromWireError } from '../../shared/errors'
import { isAnswer, isWireError } from './answers'
import { Listeners } from './listeners'

/** A restarted host is back within a second, so the first attempts are quick. */
const FIRST_DELAY_MS = 200

/** The longest pause between two attempts, so that a page reconnects soon after its host is back. */
const MAX_DELAY_MS = 5_000

/** The close code of a host that does not accept our token (RFC 6455, 7.4.1: policy). */
const CLOSE_POLICY = 1_008

/**
 * The state of the Link. `lost` lasts until the host has sent a message again, also while a socket is being opened. `refused`:
 * the host was restarted since this page was opened, and does not accept its token. `tokenless`: the page was opened without a
 * token.
 */
export type Connection = 'connecting' | 'open' | 'lost' | 'refused' | 'tokenless'

/** A Link and its state; the page uses it the same way over a bridge or a socket. */
export interface PageLink extends Link {
  readonly connection: Connection
  /** Subscribes to changes of `connection`; returns the unsubscribe. */
  onConnection(listener: (connection: Connection) => void): () => void
}

/** The part of a WebSocket that a Link uses; the browser's and that of `ws` both fit. */
export interface WebSocketLike {
  /** Set to `arraybuffer`: binary messages arrive as ArrayBuffer. */
  binaryType: string
  send(text: string): void
  close(): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** Where a Link connects, and its token. */
export interface LinkOptions {
  /** `ws://…/link`. */
  readonly url: string
  /**
   * Sent as the first message, never in the URL, which ends up in logs. Undefined: the page was opened without a token and
   * does not connect.
   */
  readonly token: string | undefined
  /** Opens a socket. Default: the browser's WebSocket. */
  readonly createSocket?: (url: string) => WebSocketLike
}

interface Pending {
  readonly settle: (value: unknown) => void
  readonly fail: (error: AppError) => void
}

function lostError(): AppError {
  return new AppError('network', 'The connection to Culvert was lost. Try again once it is back.')
}

type Message = Readonly<Record<string, unknown>>

function messageOfText(data: unknown): Message | undefined {
  try {
    const message: unknown = typeof data === 'string' ? JSON.parse(data) : undefined
    return isRecord(message) ? message : undefined
  } catch {
    return undefined
  }
}

function messageOfFrame(data: ArrayBuffer): Message | undefined {
  const frame = decodeFrame(data)
  if (frame === undefined) return undefined
  if (frame.kind === 'output') return { event: 'terminal.output', value: frame.output }
  return { id: frame.id, ok: true, value: frame.kind === 'replay' ? frame.replay : frame.piece }
}

/** The error for an answer of an unexpected shape. */
export function answerError(name: RequestName): AppError {
  return new AppError('protocol', `Culvert answered ${name} with something else. Reload the page.`)
}

/** A Link over a WebSocket. Connects at once, and again whenever it is lost, until it is refused or disposed. */
export class SocketLink implements PageLink {
  readonly #options: LinkOptions
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Listeners()
  readonly #watchers = new Set<(connection: Connection) => void>()
  #connection: Connection = 'connecting'
  #socket: WebSocketLike | undefined
  /** Whether the socket can send messages. The connection counts as open later, once the host has sent one. */
  #isReady = false
  /** Whether the host has sent a message on this socket: then it has accepted our token. */
  #isHeard = false
  /** Requests made before the first socket is open. */
  #unsent: string[] = []
  #lastId = 0
  #delayMs = FIRST_DELAY_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #isDisposed = false

  constructor(options: LinkOptions) {
    this.#options = options
    if (options.token === undefined) this.#connection = 'tokenless'
    else this.#connect()
  }

  /** The state of the Link. */
  get connection(): Connection {
    return this.#connection
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#watchers.add(listener)
    return () => this.#watchers.delete(listener)
  }

  /** Sends a request to the core. Rejects with the core's error, or with `network` if there is no socket or it closes. */
  request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]> {
    const isThere = this.#connection === 'connecting' || this.#connection === 'open'
    if (this.#isDisposed || !isThere) return Promise.reject(lostError())
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, {
        settle: (value) => {
          if (isAnswer(name, value)) resolve(value)
          else reject(answerError(name))
        },
        fail: reject,
      })
      const text = JSON.stringify({ id, name, parameters })
      if (this.#isReady) this.#socket?.send(text)
      else this.#unsent.push(text)
    })
  }

  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    return this.#listeners.add(name, listener)
  }

  /** Closes the socket for good and rejects pending requests. */
  dispose(): void {
    this.#isDisposed = true
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
    this.#rejectAll()
  }

  #connect(): void {
    const create = this.#options.createSocket ?? ((url: string): WebSocketLike => new WebSocket(url))
    const socket = create(this.#options.url)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    this.#isHeard = false
    socket.addEventListener('open', () => {
      if (this.#socket === socket) this.#opened(socket)
    })
    socket.addEventListener('message', (event) => {
      if (this.#socket === socket) this.#received(event.data)
    })
    // A socket that could not be opened emits `error` and then `close`, and handling `close` is enough. But in Node, where
    // tests run, an `error` without a listener ends the process.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket === socket) this.#lost(code)
    })
  }

  #opened(socket: WebSocketLike): void {
    socket.send(JSON.stringify({ token: this.#options.token }))
    for (const text of this.#unsent) socket.send(text)
    this.#unsent = []
    this.#isReady = true
  }

  #lost(code: number): void {
    this.#socket = undefined
    this.#isReady = false
    this.#unsent = []
    // After the host has sent a message, the same code refers to one of our messages, not to our token.
    const isRefused = code === CLOSE_POLICY && !this.#isHeard
    this.#setConnection(isRefused ? 'refused' : 'lost')
    this.#rejectAll()
    if (isRefused) return
    this.#timer = setTimeout(() => this.#connect(), this.#delayMs)
    this.#delayMs = Math.min(this.#delayMs * 2, MAX_DELAY_MS)
  }

  #received(data: unknown): void {
    const message = data instanceof ArrayBuffer ? messageOfFrame(data) : messageOfText(data)
    if (message === undefined) return
    // Not when the socket opens: a host that refuses the token accepts the socket first and then closes it.
    this.#isHeard = true
    this.#delayMs = FIRST_DELAY_MS
    this.#setConnection('open')
    const { id } = message
    if (typeof id === 'number') this.#answered(id, message)
    else this.#listeners.tell(message['event'], message['value'])
  }

  #answered(id: number, message: Message): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (message['ok'] === true) pending?.settle(message['value'])
    else if (isWireError(message['error'])) pending?.fail(fromWireError(message['error']))
    else pending?.fail(new AppError('protocol', 'Culvert answered with an error it does not know. Reload the page.'))
  }

  #setConnection(connection: Connection): void {
    if (this.#connection === connection) return
    this.#connection = connection
    for (const watcher of this.#watchers) watcher(connection)
  }

  #rejectAll(): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { fail } of pending) fail(lostError())
  }
}
