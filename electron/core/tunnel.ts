// One forward, running: a local listener, the session behind it, and the connections between them.
//
//   connecting -> up <-> reconnecting -> failed          off when disposed
//
// Owns the listener, the session and every accepted socket. The listener is bound first: a port in use costs no session,
// and connections that come before the session is ready wait for it, paused.

import type { Socket } from 'node:net'
import { AppError, toWireError } from '../../shared/errors'
import type { TunnelEvent, TunnelState } from '../../shared/model'
import type { ReceiveBudget } from '../ssm/budget'
import { createPort, type Port } from '../ssm/port'
import { joinConnection } from './connection'
import { portForwardRequest } from './documents'
import { listen, type Listener } from './listener'
import { endedError, startSession, type Session, type SessionService } from './session'

/** What to forward and where to tell about it. */
export interface TunnelOptions {
  readonly service: SessionService
  readonly budget: ReceiveBudget
  readonly target: string
  readonly remotePort: number
  /** Resolved and dialled by the instance; absent: the instance itself. */
  readonly remoteHost?: string
  /** A fixed local port; absent: one is chosen. */
  readonly localPort?: number
  readonly reason?: string
  /** Aborts the opening; no effect once it is up. */
  readonly signal: AbortSignal
  /** The local port is bound; no connection carries data before the state is `up`. */
  readonly onListening?: (port: number) => void
  readonly onState: (state: TunnelState) => void
  readonly onEvent: (event: TunnelEvent) => void
}

/** An open tunnel. */
export interface Tunnel extends AsyncDisposable {
  readonly sessionId: string
  readonly host: '127.0.0.1'
  readonly port: number
  /** Resolves when the tunnel was disposed; rejects with the `AppError` that ended it. */
  readonly ended: Promise<void>
}

/**
 * Binds the listener, starts the session and resolves once connections can carry data. Rejects with `port-in-use`,
 * `port-not-allowed` or any code of `startSession`; then nothing is left open. Disposing resets open connections.
 */
export async function openTunnel(options: TunnelOptions): Promise<Tunnel> {
  const tunnel = new RunningTunnel(options)
  try {
    await tunnel.open()
    return tunnel
  } catch (error) {
    await tunnel[Symbol.asyncDispose]()
    throw error
  }
}

class RunningTunnel implements Tunnel {
  readonly host = '127.0.0.1' as const
  readonly ended: Promise<void>
  readonly #options: TunnelOptions
  readonly #sockets = new Set<Socket>()
  #early: Socket[] = []
  #listener: Listener | undefined
  #session: Session | undefined
  #port: Port | undefined
  #lastConnectionId = 0
  #isOver = false
  #disposed: Promise<void> | undefined
  #finish: () => void = () => undefined
  #fail: (error: AppError) => void = () => undefined

  constructor(options: TunnelOptions) {
    this.#options = options
    this.ended = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    // Whoever awaits it hears of a failure; nobody has to.
    this.ended.catch(() => undefined)
  }

  get sessionId(): string {
    return this.#session?.sessionId ?? ''
  }

  get port(): number {
    return this.#listener?.port ?? 0
  }

  async open(): Promise<void> {
    const { service, budget, onState, onEvent, signal } = this.#options
    onState({ kind: 'connecting' })
    this.#listener = await listen({
      port: this.#options.localPort ?? 0,
      onConnection: (socket) => this.#onConnection(socket),
    })
    this.#options.onListening?.(this.#listener.port)
    if (this.#listener.hosts.length === 1) {
      onEvent({ kind: 'notice', text: 'This computer has no IPv6 loopback: only 127.0.0.1 is forwarded.' })
    }
    this.#session = await startSession({
      service,
      request: portForwardRequest(this.#options),
      signal,
      handlers: {
        ready: (ready, channel) => {
          this.#port = createPort(channel, ready, budget)
        },
        data: (payloadType, payload) => this.#port?.receive(payloadType, payload),
        resuming: (cause) => onState({ kind: 'reconnecting', sinceAt: Date.now(), cause: toWireError(cause) }),
        resumed: (pausedMs) => {
          onEvent({ kind: 'resumed', pausedMs, connectionsKept: this.#sockets.size })
          if (this.#session !== undefined) this.#up(this.#session)
        },
        ended: (text, error) => this.#onSessionEnded(error ?? endedError(text)),
      },
    })
    if (this.#isOver) throw new AppError('session-ended', 'The session ended while it was being opened.')
    this.#up(this.#session)
    for (const socket of this.#early.splice(0)) this.#join(socket)
  }

  #up(session: Session): void {
    this.#options.onState({ kind: 'up', sinceAt: Date.now(), sessionId: session.sessionId })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  async #dispose(): Promise<void> {
    const wasOver = this.#isOver
    this.#isOver = true
    const listenerClosed = this.#listener?.[Symbol.asyncDispose]()
    for (const socket of this.#sockets) socket.resetAndDestroy()
    await this.#session?.terminate({ byFlag: this.#port?.canTerminateByFlag ?? false })
    this.#port?.destroy(new AppError('session-ended', 'The forward was closed.'))
    await listenerClosed
    if (!wasOver) this.#options.onState({ kind: 'off' })
    this.#finish()
  }

  #onConnection(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    // Before it is joined nobody else listens, and an unheard error ends the process.
    socket.on('error', () => undefined)
    if (this.#session === undefined) this.#early.push(socket)
    else this.#join(socket)
  }

  #join(socket: Socket): void {
    const { onEvent } = this.#options
    const port = this.#port
    if (port === undefined || socket.destroyed) return
    this.#lastConnectionId += 1
    const connectionId = this.#lastConnectionId
    onEvent({ kind: 'connection-opened', connectionId })
    void joinConnection(socket, port.open(), port.halfCloseLingerMs).then(({ bytesUp, bytesDown, error }) => {
      if (error !== undefined && !this.#isOver) {
        onEvent({ kind: 'connection-failed', connectionId, error: toWireError(error) })
      }
      onEvent({ kind: 'connection-closed', connectionId, bytesUp, bytesDown })
    })
  }

  #onSessionEnded(error: AppError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#port?.destroy(error)
    for (const socket of this.#sockets) socket.resetAndDestroy()
    if (this.#session !== undefined) this.#options.onState({ kind: 'failed', error: toWireError(error) })
    this.#fail(error)
    // Listener and session go in order; the owner may dispose as well, it is one and the same.
    void this[Symbol.asyncDispose]()
  }
}
