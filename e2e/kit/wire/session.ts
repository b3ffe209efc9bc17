// Sessions on a gateway: what a session tells is recorded, and what a test opens is closed.

import type { SessionEnd, SessionOptions } from '../../../electron/core/sessions/parts'
import { startSession, type Session } from '../../../electron/core/sessions/session'
import type { Timing } from '../../../electron/core/sessions/timing'
import { deferred } from '../../../shared/deferred'
import { openOptions, portReady, startGateway, type Gateway, type GatewayOptions, type GatewaySocket } from './gateway'
import { acknowledgement } from './naive'

/** What a session is started with; every part has a default. */
export interface SessionStart extends Partial<Omit<SessionOptions, 'timing'>> {
  readonly timing?: Partial<Timing>
}

/** A session, and what it has told. */
export interface StartedSession {
  readonly session: Promise<Session>
  readonly told: readonly string[]
  /** Payload types and payloads, as texts. */
  readonly received: readonly string[]
  readonly ended: Promise<SessionEnd>
  /** Resolves at the first resume with how long the session had no socket, ms. */
  readonly resumed: Promise<number>
}

/** A gateway and the sessions on it. */
export interface SessionStage extends AsyncDisposable {
  readonly gateway: Gateway
  /** The sockets of all sessions, in the order in which they came. */
  readonly opened: readonly GatewaySocket[]
  start(options?: SessionStart): StartedSession
}

/** Starts a gateway. Unless `onOpen` does otherwise, a session's first socket becomes ready and its later ones are proven. */
export async function openSessionStage(options: Partial<GatewayOptions> = {}): Promise<SessionStage> {
  const opened: GatewaySocket[] = []
  const sessions: Session[] = []
  const gateway = await startGateway({
    ...options,
    onOpen: (socket) => {
      opened.push(socket)
      if (options.onOpen !== undefined) options.onOpen(socket)
      else socket.send(...(socket.index === 0 ? portReady : [acknowledgement(0)]))
    },
  })
  return {
    gateway,
    opened,
    start: (more = {}) => startOn(gateway, (session) => sessions.push(session), more),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()))
      await gateway[Symbol.asyncDispose]()
    },
  }
}

/** Starts a session on `gateway`. Everything that it tells is kept; `onOpened` is told when it is open. */
function startOn(
  gateway: Gateway,
  onOpened: (session: Session) => void,
  { timing, ...more }: SessionStart,
): StartedSession {
  const told: string[] = []
  const received: string[] = []
  const ended = deferred<SessionEnd>()
  const resumed = deferred<number>()
  const options = openOptions(gateway)
  const session = startSession({
    ...options,
    timing: { ...options.timing, ...timing },
    request: { target: options.target },
    handlers: {
      ready: ({ sessionType }) => {
        told.push(`ready ${sessionType}`)
        return { receive: (payloadType, payload) => received.push(`${payloadType} ${payload.toString()}`) }
      },
      resuming: ({ attempt, retryAt }) => {
        if (retryAt === undefined) told.push(`attempt ${attempt}`)
      },
      resumed: (pausedMs) => {
        told.push('resumed')
        resumed.resolve(pausedMs)
      },
      ended: (end) => {
        told.push(`ended by ${end.by}`)
        ended.resolve(end)
      },
    },
    ...more,
  }).then((opened) => {
    onOpened(opened)
    return opened
  })
  return { session, told, received, ended: ended.promise, resumed: resumed.promise }
}
