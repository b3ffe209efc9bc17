// The message gateway: WebSocket upgrades of `/v1/data-channel/…`, the open message, and the relay of each session.
//
// The first message must be the open message, as text, with a token that fits the address and a version that AWS supports;
// anything else closes the socket. The policy decides whether an upgrade has to be signed; a signature is always verified, and then
// the caller's policy decides whether it may call ssmmessages:OpenDataChannel.
// Source: specification §2, §13 S4, S5.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { cutText } from '../../../shared/cut'
import { parseOpenDataChannel } from '../../ssm/codec/payloads'
import type { Fault, Injections } from '../api/answers'
import type { AgentEncryption } from '../agent/keys'
import type { Limits } from '../faults/lifetime'
import type { Traffic } from '../faults/traffic'
import type { KeyRing } from '../api/keyring'
import { MINIMUM_CLIENT_VERSION, isSupportedClient } from './clientversion'
import { upgradeDemand } from '../iam/demands'
import { Leg, toBuffer } from './leg'
import { Relay, type RelaySettings } from './relay'
import type { AgentSettings } from '../agent/plugin'
import type { UpgradePolicy } from './rules'
import { refuseUpgrade } from './server'
import { presignOf, withoutPresign } from '../api/presigned'
import type { Service } from '../api/service'
import type { PlusMeaning } from '../api/signature'
import type { Session } from './sessions'

const PATH = '/v1/data-channel/'
/** How long a socket may stay silent before its open message. */
const OPEN_TIMEOUT_MS = 30_000
const POLICY_VIOLATION = 1008
/** A close frame holds 123 bytes of reason. */
const MAX_VERSION = 20

/** What the gateway needs. */
export interface GatewayOptions {
  readonly service: Service
  readonly keyRing: KeyRing
  readonly injections: Injections
  readonly traffic: Traffic
  readonly limits: Limits
  /** Larger messages of a client end its socket with 1009. */
  readonly maxMessageBytes: number
  readonly upgradePolicy: UpgradePolicy
  /** What a raw + of the query means to the signature. */
  readonly signedPlus: PlusMeaning
  /** Whether clients below AWS's minimum version are let in. */
  readonly allowsOldClients: boolean
  /** Every agent's version, or each instance's own. */
  readonly agentVersion: string | undefined
  readonly agentSettings: AgentSettings
  readonly relaySettings: RelaySettings
}

interface Knock {
  readonly sessionId: string
  readonly path: string
  readonly isSigned: boolean
}

function sessionIdOf(path: string): string {
  return path.slice(PATH.length).replace(/\?.*$/, '')
}

function encryptionOf({ plan, target }: Session, { encryption, keys }: Service): AgentEncryption | undefined {
  if (encryption === undefined || (plan.kind === 'port' && !encryption.hasPorts)) return undefined
  const { kmsKeyId, randomChallenge } = encryption
  return { kmsKeyId, randomChallenge, targetId: target.id, decrypt: (blob, context) => keys.decrypt(blob, context) }
}

/** Accepts data channels and relays them. Owns every WebSocket and every relay. The TCP sockets belong to the server (server.ts). */
export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions
  readonly #server: WebSocketServer
  readonly #relays = new Map<string, Relay>()
  #isDisposed = false

  constructor(options: GatewayOptions) {
    this.#options = options
    const maxPayload = options.maxMessageBytes
    this.#server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload })
  }

  /** The relays of sessions that run, oldest first. */
  get relays(): ReadonlyMap<string, Relay> {
    return this.#relays
  }

  /** The relay of a session that has not ended, made when first asked for. */
  relayOf(session: Session): Relay | undefined {
    if (session.hasEnded || this.#isDisposed) return undefined
    const known = this.#relays.get(session.id)
    if (known !== undefined) return known
    const { service, agentVersion, agentSettings, relaySettings, limits, traffic } = this.#options
    const relay = new Relay({
      session,
      agentVersion: agentVersion ?? session.target.agentVersion,
      computer: session.target.computer,
      encryption: encryptionOf(session, service),
      agentSettings,
      settings: relaySettings,
      limits,
      tally: traffic.tally,
      onEnd: () => this.#relays.delete(session.id),
    })
    this.#relays.set(session.id, relay)
    return relay
  }

  /** Takes an upgrade request that was let in at the door. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isDisposed) {
      socket.destroy()
      return
    }
    const path = request.url ?? ''
    const isSigned = request.headers.authorization !== undefined || presignOf(path) !== undefined
    if (!path.startsWith(PATH) || !(socket instanceof Socket)) {
      refuseUpgrade(socket, 404, 'Not Found')
      return
    }
    const obstacle = this.#obstacle(request, isSigned)
    if (obstacle !== undefined) {
      refuseUpgrade(socket, obstacle.status, obstacle.code, obstacle.isByProxy === true ? undefined : randomUUID())
      return
    }
    const sessionId = sessionIdOf(path)
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#awaitOpen(webSocket, socket, { sessionId, path: withoutPresign(path), isSigned })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    for (const webSocket of this.#server.clients) webSocket.terminate()
    this.#server.close()
    await Promise.all([...this.#relays.values()].map((relay) => relay[Symbol.asyncDispose]()))
    for (const session of this.#options.service.store.all) session.status = 'Terminated'
  }

  #obstacle(request: IncomingMessage, isSigned: boolean): Pick<Fault, 'code' | 'status' | 'isByProxy'> | undefined {
    const { upgradePolicy, signedPlus, keyRing, service, injections } = this.#options
    const injection = injections.take('OpenDataChannel')
    if (injection?.kind === 'fault') return injection
    const forbidden = { status: 403, code: 'Forbidden' }
    if (!isSigned) return upgradePolicy === 'signed-only' ? forbidden : undefined
    if (upgradePolicy === 'unsigned-only') return forbidden
    const verdict = keyRing.verify(
      { method: 'GET', url: request.url ?? '', headers: request.headers, body: Buffer.alloc(0) },
      { region: service.region, now: Date.now(), plus: signedPlus, allowsPresign: true },
    )
    if (verdict.kind !== 'verified' || verdict.scope.service !== 'ssmmessages') return forbidden
    const demand = upgradeDemand(sessionIdOf(request.url ?? ''), service)
    return service.policies.refusal(verdict.caller, demand) === undefined ? undefined : forbidden
  }

  #awaitOpen(webSocket: WebSocket, socket: Socket, knock: Knock): void {
    // ws closes the socket after an error. The listener keeps the error from ending the process.
    webSocket.on('error', () => undefined)
    const timer = setTimeout(() => webSocket.terminate(), OPEN_TIMEOUT_MS)
    webSocket.once('close', () => clearTimeout(timer))
    webSocket.once('message', (data: RawData, isBinary: boolean) => {
      clearTimeout(timer)
      const opened = isBinary ? '' : this.#open(data, knock)
      if (typeof opened === 'string') webSocket.close(POLICY_VIOLATION, opened)
      else this.#attach(opened, webSocket, socket)
    })
  }

  #attach(session: Session, webSocket: WebSocket, socket: Socket): void {
    const path = { traffic: this.#options.traffic, sessionId: session.id }
    this.relayOf(session)?.attach(new Leg(webSocket, socket, path))
  }

  // The session that the open message has the right token for, or the reason to close the socket with, often "". A client
  // that is too old has not used its token.
  #open(data: RawData, { sessionId, path, isSigned }: Knock): Session | string {
    const session = this.#options.service.store.get(sessionId)
    try {
      const open = parseOpenDataChannel(toBuffer(data))
      if (!this.#options.allowsOldClients && !isSupportedClient(open.ClientVersion)) {
        const version = cutText(open.ClientVersion ?? '', MAX_VERSION) || 'that is missing'
        return `ClientVersion ${version} is below ${MINIMUM_CLIENT_VERSION}`
      }
      if (session === undefined || !session.redeem(open.TokenValue, path)) return ''
      session.observation.noteOpened({
        at: Date.now(),
        requestId: open.RequestId,
        clientId: open.ClientId,
        clientVersion: open.ClientVersion,
        isSigned,
      })
      return session
    } catch {
      return ''
    }
  }
}
