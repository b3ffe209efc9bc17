// The simulator: SSM, EC2, STS and the message gateway on one loopback port, and the agents behind them.
//
// Composition root of this room. It hands out a shell of this computer, so it binds 127.0.0.1 only, verifies every
// request against a secret made at each start, and refuses what a browser could send. Source: specification §13.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AppError } from '../../shared/errors'
import { Injections, fault, type Fault } from './answers'
import { answerApi, type ApiOptions } from './api'
import { isWelcome } from './door'
import { cutClient, loseAgent } from './faults'
import { Gateway, type UpgradePolicy } from './gateway'
import type { Cut } from './leg'
import type { Relay } from './relay'
import type { Service } from './service'
import { SessionStore, type SessionRecord } from './sessions'
import type { Credentials } from './signature'
import { World } from './world'

const HOST = '127.0.0.1'
const ACCOUNT_ID = '111122223333'
const REGION = 'eu-west-1'
const ROLE = 'CulvertDemo'
const SESSION_NAME = 'demo-operator'
const SHELL_DELAY_MS = 1_000
/** No request that this service answers is larger. */
const MAX_BODY_BYTES = 1_048_576

/** How the simulator is set up. Everything has a default. */
export interface SimulatorOptions {
  /** Instances beside the Demo's own. */
  readonly instances?: number
  /** Output at an agent's pace of 1,024 bytes a millisecond; true unless said otherwise. */
  readonly isPaced?: boolean
  /** From a shell's start to its first output; 1,000 as at an agent. */
  readonly shellDelayMs?: number
  /** The version of every agent, instead of each instance's own. */
  readonly agentVersion?: string
  /** Whether shells get a pseudo terminal where there is one; true unless said otherwise. */
  readonly hasPty?: boolean
  /** Whether shells begin with the line that says where they run; true unless said otherwise. */
  readonly hasBanner?: boolean
  /** 0, the default, takes a free port. */
  readonly port?: number
  readonly region?: string
  readonly accountId?: string
  /** Which WebSocket upgrades are let in; 'any' by default, and a bad signature never. */
  readonly upgradePolicy?: UpgradePolicy
  /** Whether `pause_publication` and `start_publication` are sent; true unless said otherwise. */
  readonly sendsPause?: boolean
  readonly sendsStart?: boolean
  /** Publication messages to the client carry CreatedDate 0. */
  readonly hasUndatedPublication?: boolean
}

/** A service error to answer the next call with. */
interface FaultRequest {
  readonly code: string
  readonly status?: number
  readonly message?: string
}

/** A running simulator. Dispose ends every session, process, socket and timer. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly endpointUrl: string
  readonly region: string
  readonly credentials: Credentials
  readonly world: World
  /** Every session since the start, oldest first, as of now. */
  sessions(): readonly SessionRecord[]
  /** Cuts the client's socket of a session; nothing happens when none is open. Throws for an unknown session. */
  cut(sessionId: string, how?: Cut): void
  /** Takes a session's agent off the service, or brings it back. Throws for an unknown session. */
  loseAgent(sessionId: string, isLost: boolean): void
  /** Answers the next call of `operation` (`StartSession`, …, `OpenDataChannel` for an upgrade, `*` for any) so. */
  failNext(operation: string, request: FaultRequest): void
  /** Delays the next call of an API operation. Resolves when that call has come and its delay begins. */
  delayNext(operation: string, delayMs: number): Promise<void>
  /** Lets the next ResumeSession answer without a token, as a finished session may. */
  omitNextToken(): void
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    bytes += buffer.length
    if (bytes > MAX_BODY_BYTES) return undefined
    chunks.push(buffer)
  }
  return Buffer.concat(chunks)
}

async function answerHttp(request: IncomingMessage, response: ServerResponse, options: ApiOptions): Promise<void> {
  if (!isWelcome(request)) {
    response.writeHead(403, { connection: 'close' }).end()
    return
  }
  const body = await readBody(request)
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const { method = '', url = '', headers } = request
  const answer = await answerApi({ method, url, headers, body }, options)
  response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch (error) {
    const words = `The Demo could not listen on port ${port}. Choose another port.`
    throw new AppError('simulator-failed', words, { cause: error })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function makeCredentials(): Credentials {
  return {
    accessKeyId: `ASIA${randomBytes(10).toString('hex').toUpperCase().slice(0, 16)}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(96).toString('base64'),
  }
}

/** Starts a simulator on 127.0.0.1. Throws `simulator-failed` when the port cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { region = REGION, accountId = ACCOUNT_ID } = options
  const credentials = makeCredentials()
  const injections = new Injections()
  const abort = new AbortController()
  const callerArn = `arn:aws:sts::${accountId}:assumed-role/${ROLE}/${SESSION_NAME}`
  const server = createServer()
  const port = await listen(server, options.port ?? 0)
  const service: Service = {
    world: new World(options.instances ?? 0),
    store: new SessionStore(SESSION_NAME, callerArn),
    region,
    accountId,
    callerArn,
    webSocketUrl: `ws://${HOST}:${port}`,
    terminate: (session) => gateway.relayOf(session)?.terminate(),
  }
  const gateway = new Gateway({
    service,
    credentials,
    injections,
    upgradePolicy: options.upgradePolicy ?? 'any',
    agentVersion: options.agentVersion,
    agentSettings: {
      isPaced: options.isPaced ?? true,
      shellDelayMs: options.shellDelayMs ?? SHELL_DELAY_MS,
      hasPty: options.hasPty ?? true,
      hasBanner: options.hasBanner ?? true,
    },
    relaySettings: {
      sendsPause: options.sendsPause ?? true,
      sendsStart: options.sendsStart ?? true,
      hasUndatedPublication: options.hasUndatedPublication ?? false,
    },
  })
  const apiOptions: ApiOptions = { service, credentials, injections, signal: abort.signal }
  server.on('request', (request, response) => {
    // A request that went away, a simulator that goes away, or a fault of ours.
    answerHttp(request, response, apiOptions).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { connection: 'close' }).end()
    })
  })
  server.on('upgrade', (request, socket, head) => {
    if (isWelcome(request)) gateway.upgrade(request, socket, head)
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  const relayOf = (sessionId: string): Relay | undefined => {
    const session = service.store.get(sessionId)
    if (session === undefined) throw new AppError('session-gone', `The Demo has no session ${sessionId}.`)
    return gateway.relayOf(session)
  }
  const toFault = ({ code, status, message }: FaultRequest): Fault =>
    fault(code, message ?? `${code} by order.`, status)
  let disposal: Promise<void> | undefined
  const close = async (): Promise<void> => {
    abort.abort()
    const closed = once(server, 'close')
    server.close()
    await gateway[Symbol.asyncDispose]()
    server.closeAllConnections()
    await closed
  }
  return {
    endpointUrl: `http://${HOST}:${port}`,
    region,
    credentials,
    world: service.world,
    sessions: () => service.store.all.map((session) => session.record()),
    cut: (sessionId, how = 'close-1000') => cutClient(relayOf(sessionId), how),
    loseAgent: (sessionId, isLost) => loseAgent(relayOf(sessionId), isLost),
    failNext: (operation, request) => injections.add(operation, toFault(request)),
    delayNext: (operation, delayMs) =>
      new Promise((resolve) => injections.add(operation, { kind: 'delay', delayMs }, resolve)),
    omitNextToken: () => injections.add('ResumeSession', { kind: 'no-token' }),
    [Symbol.asyncDispose]: () => {
      disposal ??= close()
      return disposal
    },
  }
}
