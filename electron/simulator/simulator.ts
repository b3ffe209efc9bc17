// The simulator: SSM, EC2, ECS, STS, KMS and the message gateway on one loopback port, and the agents behind them.
//
// Composition root of this room. Sessions are shells of this computer, so it binds 127.0.0.1 only, verifies every request
// against a secret that is made at each start, and refuses requests of a browser. Source: specification §13.

import { once } from 'node:events'
import { AppError } from '../../shared/errors'
import type { AccountOptions } from './account'
import { accountService } from './accountservice'
import { HANDSHAKE_TIMEOUT_MS } from './agent/handshake'
import { EcsAccount } from './ecs/account'
import type { ContainerOptions } from './ecs/stage'
import { Injections, fault, type Fault } from './api/answers'
import { serveHttp } from './api/http'
import { Faults, type FaultedSession } from './faults/board'
import { Traffic } from './faults/traffic'
import { Gateway } from './gateway/gateway'
import { KeyRing } from './api/keyring'
import { openFolder, removeDead } from './shells/folders'
import { KeyService } from './api/kms'
import type { Cut } from './gateway/leg'
import type { Relay } from './gateway/relay'
import type { GatewayRules } from './gateway/rules'
import { openServer } from './gateway/server'
import type { Service } from './api/service'
import { SessionStore, type SessionRecord } from './gateway/sessions'
import type { Credentials } from './api/signature'
import { openHistory, type HistoryOptions } from './history/open'
import { roleIdentity, userIdentity } from './iam/identity'
import { Policies } from './iam/policy'
import { Roles, type Assumption } from './iam/roles'
import { ScalingGroups, type GroupOptions } from './world/groups'
import { World } from './world/world'

const HOST = '127.0.0.1'
/** The account, unless another one is given. */
export const ACCOUNT_ID = '111122223333'
const REGION = 'eu-west-1'
const ROLE = 'CulvertDemo'
const SESSION_NAME = 'demo-operator'
const SHELL_DELAY_MS = 1_000
/** As ws has it. The real service's limit is not known. */
const MAX_MESSAGE_BYTES = 104_857_600
const MINUTE_MS = 60_000
/** The default of an account's preferences. */
const IDLE_MINUTES = 20

/** How the simulator is set up. Everything has a default. */
export interface SimulatorOptions extends AccountOptions, GatewayRules, HistoryOptions {
  /** Instances beside the Demo's own. */
  readonly instances?: number
  /** How Auto Scaling groups replace their instances. */
  readonly groups?: GroupOptions
  /** The containers of Amazon ECS. */
  readonly containers?: ContainerOptions
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
  /** How long a minute of the service takes, for idle timeout, maximum duration and the hourly recycle; a real minute by default. */
  readonly clock?: { readonly minuteMs: number }
  /** A text that every secret begins with (secret key, session token, data channel tokens), to be searched for in tests. */
  readonly secretMark?: string
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
  /** The newest; see `rotateCredentials`. */
  readonly credentials: Credentials
  readonly world: World
  readonly ecs: EcsAccount
  /** Carries out orders, and counts what they have done. */
  readonly faults: Faults
  readonly keys: KeyService
  /** Every call that asked STS for a role, oldest first. */
  readonly assumed: readonly Assumption[]
  /** Every session since the start, oldest first, as of now. */
  sessions(): readonly SessionRecord[]
  /** Cuts the client's socket of a session; nothing happens when none is open. Throws for an unknown session. */
  cut(sessionId: string, how?: Cut): void
  /** Gives out new credentials and returns them; those before have expired. */
  rotateCredentials(): Credentials
  /** Gives out keys of a role, which end at `expiresAt` (epoch ms), as IAM Identity Center has them made (oidc/). */
  issueKeys(role: string, sessionName: string, expiresAt: number): Credentials
  /** Ends a session from outside with the service's words about it. Throws for an unknown session. */
  end(sessionId: string, words: string): void
  /** Takes a session's agent off the service, or brings it back. Throws for an unknown session. */
  loseAgent(sessionId: string, isLost: boolean): void
  /** Flips a bit of the next payload that a session's agent encrypts. Throws for an unknown session. */
  corrupt(sessionId: string): void
  /** Answers the next call of `operation` with an error (`StartSession`, …, `OpenDataChannel` for an upgrade, `*` for any). */
  failNext(operation: string, request: FaultRequest): void
  /** Delays the next call of an API operation. Resolves when that call has come and its delay begins. */
  delayNext(operation: string, delayMs: number): Promise<void>
  /** Lets the next ResumeSession answer without a token, as a finished session may. */
  omitNextToken(): void
  /** Lets the next ResumeSession answer with a token and an empty StreamUrl: the token is for the address before. */
  omitNextUrl(): void
}

/** Starts a simulator on 127.0.0.1. Throws `simulator-failed` when the port cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { region = REGION, accountId = ACCOUNT_ID, secretMark = '', openResume = 'replaces' } = options
  const self = roleIdentity(accountId, ROLE, SESSION_NAME)
  const keyRing = new KeyRing(secretMark, self)
  for (const { name, ...keys } of options.users ?? []) keyRing.addUser(userIdentity(accountId, name), keys)
  const policies = new Policies(options.policies)
  const roles = new Roles({ accountId, roles: { [ROLE]: {}, ...options.roles }, keyRing, policies })
  const secret = keyRing.credentials.secretAccessKey
  const traffic = new Traffic()
  const limits = {
    minuteMs: options.clock?.minuteMs ?? MINUTE_MS,
    idleMinutes: options.idleMinutes ?? IDLE_MINUTES,
    maxMinutes: options.maxMinutes,
    firstClientMs: options.firstClientMs ?? HANDSHAKE_TIMEOUT_MS,
  }
  const injections = new Injections()
  const abort = new AbortController()
  const folder = await openFolder()
  const http = await openServer(options.port ?? 0).catch(async (error: unknown) => {
    await folder[Symbol.asyncDispose]()
    throw error
  })
  const { server, port } = http
  // Awaited only when the simulator is disposed.
  const cleaned = removeDead()
  const keys = new KeyService(region, accountId)
  const world = new World(options.instances ?? 0, (options.groups?.pingLagMinutes ?? 0) * limits.minuteMs)
  const ecs = new EcsAccount({
    region,
    accountId,
    world,
    minuteMs: limits.minuteMs,
    folder: folder.path,
    hasPty: options.hasPty ?? true,
    options: options.containers ?? {},
    onGone: (target) => lose(target, options.containers?.sessionsOfStopped ?? 'lose'),
  })
  const known = openHistory(options, { world, accountId, self, minuteMs: limits.minuteMs })
  const { history, people } = known
  const store = new SessionStore({
    tokenMark: secretMark,
    maxMinutes: limits.maxMinutes,
    onEnded: (session) => history.add(session),
  })
  const service: Service = {
    ...accountService(options, { region, accountId, world, ecs, known, store, keys, roles, policies, limits }),
    takeSpoiledToken: () => faults.takeSpoiledToken(),
    webSocketUrl: options.streamOrigin ?? `ws://${HOST}:${port}`,
    begin: (session) => void gateway.relayOf(session),
    hasClient: (session) => gateway.relayOf(session)?.hasClient === true,
    openResume,
    terminate: (id) => {
      const session = store.get(id)
      if (session !== undefined) gateway.relayOf(session)?.terminate()
      return session !== undefined || people?.terminate(id) === true || history.find(id) !== undefined
    },
  }
  const gateway = new Gateway({
    service,
    keyRing,
    injections,
    traffic,
    limits,
    maxMessageBytes: options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
    upgradePolicy: options.upgradePolicy ?? 'any',
    signedPlus: options.signedPlus ?? 'space',
    allowsOldClients: options.allowsOldClients ?? false,
    agentVersion: options.agentVersion,
    agentSettings: {
      isPaced: options.isPaced ?? true,
      shellDelayMs: options.shellDelayMs ?? SHELL_DELAY_MS,
      hasPty: options.hasPty ?? true,
      hasBanner: options.hasBanner ?? true,
      folder: folder.path,
    },
    relaySettings: {
      openResume,
      sendsPause: options.sendsPause ?? true,
      sendsStart: options.sendsStart ?? true,
      hasUndatedPublication: options.hasUndatedPublication ?? false,
    },
  })
  const running = (): readonly FaultedSession[] =>
    [...gateway.relays].flatMap(([id, relay]) => {
      const session = store.get(id)
      return session === undefined || session.hasEnded ? [] : [{ id, target: session.target.id, relay }]
    })
  const lose = (id: string, sessions: 'end' | 'lose'): void => {
    for (const { relay } of running().filter(({ target }) => target === id)) {
      relay.killAgent()
      if (sessions === 'end') relay.reviveAgent()
    }
    if (sessions === 'end') people?.lose(id)
  }
  const groups = new ScalingGroups({
    world,
    minuteMs: limits.minuteMs,
    options: options.groups ?? {},
    onGone: ({ id }, sessions) => lose(id, sessions),
  })
  const faults = new Faults({
    sessions: running,
    world,
    ecs,
    groups,
    keyRing,
    policies,
    injections,
    traffic,
    setDark: (isDark) => (darknesses += isDark ? 1 : -1),
    minuteMs: limits.minuteMs,
  })
  let darknesses = 0
  const { tally } = traffic
  const httpOptions = { service, keyRing, tally, injections, signal: abort.signal, faults, secret }
  serveHttp(server, httpOptions, {
    isDark: () => darknesses > 0,
    upgrade: (request, socket, head) => gateway.upgrade(request, socket, head),
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
    faults[Symbol.dispose]()
    known[Symbol.dispose]()
    groups[Symbol.dispose]()
    const closed = once(server, 'close')
    server.close()
    await gateway[Symbol.asyncDispose]()
    await ecs[Symbol.asyncDispose]()
    http.destroySockets()
    await closed
    await cleaned
    await folder[Symbol.asyncDispose]()
  }
  return {
    endpointUrl: `http://${HOST}:${port}`,
    region,
    get credentials() {
      return keyRing.credentials
    },
    world: service.world,
    ecs,
    keys,
    faults,
    get assumed() {
      return roles.assumed
    },
    sessions: () => service.store.all.map((session) => session.record()),
    cut: (sessionId, how = 'close-1000') => relayOf(sessionId)?.cut(how),
    corrupt: (sessionId) => relayOf(sessionId)?.corrupt(),
    end: (sessionId, words) => relayOf(sessionId)?.terminate(words),
    loseAgent: (sessionId, isLost) => relayOf(sessionId)?.setAgentPresent(!isLost),
    issueKeys: (role, name, expiresAt) => keyRing.issue(roleIdentity(accountId, role, name), expiresAt),
    rotateCredentials: () => {
      faults.rotateCredentials()
      return keyRing.credentials
    },
    failNext: (operation, request) => injections.add(operation, toFault(request)),
    delayNext: (operation, delayMs) =>
      new Promise((resolve) => injections.add(operation, { kind: 'delay', delayMs }, resolve)),
    omitNextUrl: () => injections.add('ResumeSession', { kind: 'no-url' }),
    omitNextToken: () => injections.add('ResumeSession', { kind: 'no-token' }),
    [Symbol.asyncDispose]: () => {
      disposal ??= close()
      return disposal
    },
  }
}
