// A message gateway on a real socket that does what a test says: for peers that misbehave in ways the simulator does not.
//
// It replaces AWS only. StartSession and the other calls are answered at once unless a test holds them, every call is recorded,
// and each WebSocket is handed to the test.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { SessionTicket, StartSessionRequest } from '../../../shared/session'
import type { OpenOptions } from '../../../electron/core/sessions/parts'
import { defaultTiming } from '../../../electron/core/sessions/timing'
import type { TunnelService } from '../../../electron/core/tunnels/parts'
import { ReceiveBudget } from '../../../electron/ssm/port/budget'
import { portHandshake } from './channel'
import { acknowledgement, naiveDecode, naiveEncode, output, type NaiveMessage } from './naive'
import { ResumePermission } from '../../../electron/core/sessions/resume/permission'

/** One WebSocket of one session. */
export interface GatewaySocket {
  readonly sessionId: string
  /** 0 for the session's first socket. */
  readonly index: number
  /** Sends frames so that they arrive in one read. */
  send(...frames: readonly Buffer[]): void
  /** Closes it as the service does once an hour. */
  close(): void
  /** Resolves with the next stream message of the client. */
  input(): Promise<NaiveMessage>
}

/** How a gateway answers. A test replaces the answers that it is about. */
export interface GatewayOptions {
  /** Called when the client's open message has come. */
  readonly onOpen: (socket: GatewaySocket) => void
  readonly startSession?: (ticket: SessionTicket) => Promise<SessionTicket>
  readonly resumeSession?: (ticket: SessionTicket, count: number) => Promise<SessionTicket>
  readonly onTerminate?: (sessionId: string) => void
  /** Called as soon as a session is ready, when the product asks for its limits. */
  readonly onReady?: () => void
}

/** A running gateway. */
export interface Gateway extends AsyncDisposable {
  readonly service: TunnelService
  /** What sessions were asked for with. */
  readonly requests: StartSessionRequest[]
  /** Session ids, in the order of the calls. */
  readonly started: string[]
  readonly resumed: string[]
  readonly terminated: string[]
}

/** The frames that make a port session ready, the agent's part of its handshake. */
export const portReady: readonly Buffer[] = [
  output(0, portHandshake({ type: 'LocalPortForwarding', portNumber: '80' }), 5),
  output(1, '{"HandshakeTimeToComplete":1,"CustomerMessage":""}', 7),
]

/** The frames that make another kind of session ready; the next output number is 2. */
export function ready(sessionType: string, agentVersion = '3.3.987.0'): readonly Buffer[] {
  const request = {
    AgentVersion: agentVersion,
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: sessionType, Properties: null } },
    ],
  }
  return [output(0, JSON.stringify(request), 5), output(1, '{"HandshakeTimeToComplete":1,"CustomerMessage":""}', 7)]
}

/** The frames that make a port session ready that is not multiplexed. */
export function portReadyAs(properties: Record<string, string>, agentVersion?: string): readonly Buffer[] {
  return [output(0, portHandshake(properties, agentVersion), 5), ...portReady.slice(1)]
}

/** Acknowledges every stream message of the client from now on, and passes it on. Until the socket is gone. */
export async function acknowledgeInputs(
  socket: GatewaySocket,
  onInput: (message: NaiveMessage) => void = () => undefined,
): Promise<never> {
  for (;;) {
    const message = await socket.input()
    socket.send(acknowledgement(Number(message.sequence)))
    onInput(message)
  }
}

/** What a session on the gateway is opened with. */
export function openOptions(gateway: Gateway, more: Partial<OpenOptions> = {}): OpenOptions {
  return {
    service: gateway.service,
    budget: new ReceiveBudget(),
    wakeables: new Set(),
    permission: new ResumePermission(),
    timing: { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 },
    target: 'i-0123456789abcdef0',
    signal: new AbortController().signal,
    ...more,
  }
}

/** The end of a session, with its text. */
export function channelClosed(text: string): Buffer {
  return naiveEncode({ type: 'channel_closed', payload: JSON.stringify({ SessionId: 's', Output: text }) })
}

/** Starts a gateway on loopback. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const endpointUrl = `http://127.0.0.1:${port}`
  const requests: StartSessionRequest[] = []
  const [started, resumed, terminated]: [string[], string[], string[]] = [[], [], []]
  const seen = new Map<string, number>()
  sockets.on('connection', (socket, request) => {
    const sessionId = (request.url ?? '').slice(1)
    const index = seen.get(sessionId) ?? 0
    seen.set(sessionId, index + 1)
    serve(socket, { sessionId, index }, options)
  })
  const ticketOf = (sessionId: string): SessionTicket => ({
    sessionId,
    streamUrl: `ws://127.0.0.1:${port}/${sessionId}`,
    tokenValue: 'token',
  })
  return {
    requests,
    started,
    resumed,
    terminated,
    service: {
      region: 'eu-west-1',
      endpointUrl,
      keysOutlook: () => ({ kind: 'lasting' }),
      startSession: (request) => {
        requests.push(request)
        const sessionId = `session-${started.length + 1}`
        started.push(sessionId)
        const ticket = ticketOf(sessionId)
        return options.startSession?.(ticket) ?? Promise.resolve(ticket)
      },
      resumeSession: (sessionId) => {
        resumed.push(sessionId)
        const ticket = ticketOf(sessionId)
        const count = resumed.filter((id) => id === sessionId).length
        return options.resumeSession?.(ticket, count) ?? Promise.resolve(ticket)
      },
      terminateSession: (sessionId) => {
        terminated.push(sessionId)
        options.onTerminate?.(sessionId)
        return Promise.resolve()
      },
      generateDataKey: () => Promise.reject(new Error('not encrypted')),
      preferences: () => {
        options.onReady?.()
        return Promise.resolve({ idleTimeoutMs: 1_200_000, isRead: false })
      },
      describeTarget: () => Promise.resolve(undefined),
      connectionStatus: () => Promise.resolve('connected'),
      identity: () => Promise.resolve({ accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/ann' }),
      signUpgrade: () => Promise.resolve([{ headers: {}, worked: () => undefined }]),
      agentFor: () => undefined,
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function serve(
  socket: WebSocket,
  { sessionId, index }: Pick<GatewaySocket, 'sessionId' | 'index'>,
  options: GatewayOptions,
): void {
  const inputs: NaiveMessage[] = []
  let waiting: ((message: NaiveMessage) => void) | undefined
  const own: GatewaySocket = {
    sessionId,
    index,
    send: (...frames) => {
      const { _socket: raw } = socket as unknown as { _socket: { cork(): void; uncork(): void } }
      raw.cork()
      for (const frame of frames) socket.send(frame)
      raw.uncork()
    },
    close: () => socket.close(1_000),
    input: () => {
      const next = inputs.shift()
      if (next !== undefined) return Promise.resolve(next)
      return new Promise((resolve) => {
        waiting = resolve
      })
    },
  }
  socket.on('error', () => undefined)
  socket.on('message', (data, isBinary) => {
    if (!isBinary) {
      options.onOpen(own)
      return
    }
    const message = naiveDecode(data as Buffer)
    if (message.type !== 'input_stream_data') return
    if (waiting === undefined) inputs.push(message)
    else {
      waiting(message)
      waiting = undefined
    }
  })
}
