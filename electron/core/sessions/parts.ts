// What a session and its owner know of each other: what it needs, how it is started, what it tells. Types only.

import type { Agent } from 'node:http'
import type { Wakeable } from './wakeable'
import type { AppError } from '../../../shared/errors'
import type {
  DataKey,
  DataKeyRequest,
  SessionLimits,
  SessionTicket,
  StartSessionRequest,
} from '../../../shared/session'
import type { Channel } from '../../ssm/channel/channel'
import type { ChannelReady } from '../../ssm/handshake/agreement'
import type { Timing } from './timing'

/** What a session needs of the world, given by the composition root. Credentials are resolved inside, at each call. */
export interface SessionService {
  readonly region: string
  readonly endpointUrl: string | undefined
  startSession(request: StartSessionRequest, signal: AbortSignal): Promise<SessionTicket>
  resumeSession(sessionId: string, signal: AbortSignal): Promise<SessionTicket>
  terminateSession(sessionId: string, signal: AbortSignal): Promise<void>
  /** Has KMS make the key of a session that the account wants encrypted. */
  generateDataKey(request: DataKeyRequest, signal: AbortSignal): Promise<DataKey>
  /** How long the account lets a session live, or the service's defaults. Nothing waits for it. */
  preferences(signal: AbortSignal): Promise<SessionLimits>
  /** Headers that sign the upgrade, or undefined where it should go unsigned. */
  signUpgrade(streamUrl: string, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined>
  agentFor(url: string): Agent | undefined
}

/** What a session tells its owner. Called in order; none may throw. */
export interface SessionHandlers {
  /** Once, before any data: make of the channel what the session is for. */
  ready(ready: ChannelReady, channel: Channel): void
  data(payloadType: number, payload: Buffer): void
  /** The socket is lost: told at the loss, and again with each attempt and each wait. */
  resuming(progress: ResumeProgress): void
  /** A new socket has proven itself. */
  resumed(pausedMs: number): void
  /** The session is over. Once, last. */
  ended(end: SessionEnd): void
}

/** How a session is over. */
export interface SessionEnd {
  /** By whom: the service, a failure on the way, or its owner here. */
  readonly by: 'service' | 'failure' | 'owner'
  /** The service's word, often ""; always where another ended it. */
  readonly text: string
  /** What became of it, for whatever it carried. */
  readonly cause: AppError
}

/** How a resume stands. */
export interface ResumeProgress {
  /** What lost the socket, and then what the newest attempt has failed with. */
  readonly cause: AppError
  /** 1 is the first of the outage. */
  readonly attempt: number
  /** Epoch ms of the loss that the outage began with. */
  readonly sinceAt: number
  /** Epoch ms of the next attempt; absent while one is under way. */
  readonly retryAt?: number
  /** What has to be there before an attempt can succeed. */
  readonly waitsFor?: 'login' | 'network'
}

/** How to start a session. */
export interface SessionOptions {
  readonly service: SessionService
  readonly request: StartSessionRequest
  readonly handlers: SessionHandlers
  /** What a wake reaches: this session is among them from its start to its end. */
  readonly wakeables: Set<Wakeable>
  readonly timing: Timing
  /** See `ChannelOptions`. */
  readonly readyAfterQuietMs?: number
  /** Aborts the start. Has no effect once the session is ready. */
  readonly signal: AbortSignal
}
