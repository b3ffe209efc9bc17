// Carries what was authorized on a port of this computer: a forward (`tcp`), or raw connections with a session each (`ssh`).
//
// Owns listener, sessions and connections until it is disposed. The limits are those of `Admission`. Does not own who attends.

import type { Socket } from 'node:net'
import { deferred } from '../../../shared/deferred'
import { asAppError, asError, type AppError } from '../../../shared/errors'
import { hostWords } from '../../../shared/status'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { Ends } from '../async/closing'
import type { SessionAbout } from '../../../shared/sessionnote'
import type { Environment } from '../environments/environment'
import { joinConnection } from '../tunnels/join'
import { listen } from '../tunnels/listener'
import { resetSocket } from '../tunnels/reset'
import type { Admission } from './admission'
import type { AuthorizedSession, WantedAuthorization } from './authorization'

/** As for ssh-proxy: how long the far end may be silent after a program has finished, and how long its last bytes may take. */
const SILENCE_MS = 5_000
const DRAIN_MS = 5_000

/** What is carried, and the callbacks. */
export interface CarryOptions extends Pick<WantedAuthorization, 'document' | 'reason'> {
  readonly environment: Pick<Environment, 'openTunnel' | 'openRawSession'>
  readonly target: string
  /** See `OpenOptions` of sessions. */
  readonly about: SessionAbout
  readonly session: Exclude<AuthorizedSession, { kind: 'shell' }>
  readonly admission: Admission
  /** Undefined: a free one. */
  readonly localPort: number | undefined
  /** Called with what a person should know of. Must not throw. */
  readonly tell: (text: string) => void
  /** How long the far end of a raw connection may be silent after its program has finished. Absent: 5 s. */
  readonly silenceMs?: number
  /** Ends the opening. Has no effect on what is open. */
  readonly signal: AbortSignal
}

/** A port that is carried. Disposing frees it, resets its connections and ends its sessions. */
export interface CarriedPort extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Undefined for `ssh`, whose sessions start with their connections. */
  readonly sessionId: string | undefined
  /** Rejects with the failure that ended it; resolves when it was disposed. */
  readonly ended: Promise<void>
}

/** Opens the port. Rejects as `openTunnel` does, or as `listen`. */
export function carryPort(options: CarryOptions): Promise<CarriedPort> {
  const { session } = options
  return session.kind === 'tcp' ? carryForward(options, session) : carryRaw(options, session.remotePort)
}

/** The options that every session has. */
function common({ target, about, document, reason, signal }: CarryOptions) {
  return {
    target,
    about,
    ...(document === undefined ? {} : { document }),
    ...(reason === undefined ? {} : { reason }),
    signal,
  }
}

async function carryForward(
  options: CarryOptions,
  { remotePort, remoteHost }: Extract<AuthorizedSession, { kind: 'tcp' }>,
): Promise<CarriedPort> {
  const { environment, admission, localPort, tell } = options
  const tunnel = await environment.openTunnel({
    ...common(options),
    remotePort,
    ...(remoteHost === undefined ? {} : { remoteHost }),
    ...(localPort === undefined ? {} : { localPort }),
    admit: (socket) => admission.admit(socket),
    onState: (state) => {
      const words = stateWords(state)
      if (words !== undefined) tell(words)
    },
    onEvent: (event) => {
      const words = eventWords(event)
      if (words !== undefined) tell(words)
    },
  })
  return {
    host: tunnel.host,
    port: tunnel.port,
    sessionId: tunnel.sessionId,
    ended: tunnel.ended,
    [Symbol.asyncDispose]: () => tunnel[Symbol.asyncDispose](),
  }
}

/** The state of a tunnel where a person should know of it. */
function stateWords(state: TunnelState): string | undefined {
  if (state.kind === 'waiting') return `Waiting for ${state.for}: ${state.cause.message}`
  if (state.kind !== 'reconnecting' || state.attempt !== 1) return undefined
  return `The connection is lost (${state.cause.message}); reconnecting.`
}

function eventWords(event: TunnelEvent): string | undefined {
  switch (event.kind) {
    case 'connection-failed':
      return failedWords(event.connectionId, event.error)
    case 'resumed':
      return `Reconnected after ${String(Math.round(event.pausedMs / 1_000))} s.`
    case 'restarted': {
      const lost = String(event.connectionsLost)
      return `The session was gone (${event.cause.message}); a new one runs. Connections lost: ${lost}.`
    }
    case 'moved':
      return `Moved from ${hostWords(event.from)} to ${hostWords(event.to)} (${event.cause.message})`
    case 'notice':
      return event.text
    case 'connection-opened':
    case 'connection-closed':
    case 'connection-answered':
      return undefined
  }
}

function failedWords(connectionId: number, { code, message }: Pick<AppError, 'code' | 'message'>): string {
  return `Connection ${String(connectionId)}: ${code}: ${message}`
}

/** Binds a port whose connections each open a raw session of their own. */
async function carryRaw(options: CarryOptions, remotePort: number): Promise<CarriedPort> {
  const { environment, admission, localPort = 0, tell, silenceMs = SILENCE_MS } = options
  const life = new AbortController()
  const ended = deferred()
  const ends = new Ends()
  const sockets = new Set<Socket>()
  let lastId = 0
  const carry = async (socket: Socket): Promise<void> => {
    await using session = await environment.openRawSession({ ...common(options), remotePort, signal: life.signal })
    const { stream } = session
    // The far end of a raw connection never learns that the program has finished, so it is closed here.
    stream.once('finish', () => {
      if (stream.readableEnded) return
      void session.drained(DRAIN_MS).then(() => {
        stream.destroy()
        socket.destroy()
      })
    })
    const { error } = await joinConnection(socket, stream, silenceMs)
    if (error !== undefined) throw error
  }
  const accept = (socket: Socket): void => {
    // Until the socket is joined it has no other error listener.
    socket.on('error', () => undefined)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    lastId += 1
    const id = lastId
    const fail = (error: unknown): void => {
      resetSocket(socket)
      if (!life.signal.aborted) tell(failedWords(id, asAppError(error)))
    }
    const refusal = admission.admit(socket)
    if (refusal !== undefined) fail(refusal)
    else void ends.add(carry(socket).catch(fail))
  }
  const listener = await listen({ port: localPort, onConnection: accept })
  const dispose = async (): Promise<void> => {
    life.abort(new Error('The port was closed.'))
    for (const socket of sockets) resetSocket(socket)
    await listener[Symbol.asyncDispose]()
    await ends.idle()
    ended.resolve()
  }
  if (options.signal.aborted) {
    await dispose()
    throw asError(options.signal.reason)
  }
  return {
    host: '127.0.0.1',
    port: listener.port,
    sessionId: undefined,
    ended: ended.promise,
    [Symbol.asyncDispose]: dispose,
  }
}
