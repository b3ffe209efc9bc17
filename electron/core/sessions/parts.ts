// What a session and its owner know of each other: what it needs, how it is started, what it tells. Types only.

import type { Agent } from 'node:http'
import type { Wakeable } from './wakeable'
import type { Diagnose } from '../../../shared/diagnostics'
import type { AppError } from '../../../shared/errors'
import type {
  DataKey,
  DataKeyRequest,
  SessionLimits,
  SessionTicket,
  StartSessionRequest,
} from '../../../shared/session'
import type { ChannelReceiver, ReadyChannel } from '../../ssm/channel/handlers'
import type { ChannelReady } from '../../ssm/handshake/agreement'
import type { ReceiveBudget } from '../../ssm/port/budget'
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
  /** Takes entries for the diagnostic log; absent where there is none. */
  readonly diagnose?: Diagnose
}

/** What a session tells its owner. Called in order; none may throw. */
export interface SessionHandlers {
  /** Once, before any data. All data of the session goes to the receiver that it returns. */
  ready(ready: ChannelReady, channel: ReadyChannel): ChannelReceiver
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

/** What every session is started with. */
interface SessionContext {
  readonly service: SessionService
  /** What a wake reaches: the session is among them from its start to its end. */
  readonly wakeables: Set<Wakeable>
  readonly timing: Timing
  /** Aborts the start. Has no effect once the session is ready. */
  readonly signal: AbortSignal
}

/** How to start a session. */
export interface SessionOptions extends SessionContext {
  readonly request: StartSessionRequest
  readonly handlers: SessionHandlers
  /** See `ChannelOptions`. */
  readonly readyAfterQuietMs?: number
}

/** What each kind of session is opened with: a shell, a raw connection, the session of a forward. */
export interface OpenOptions extends SessionContext {
  readonly budget: ReceiveBudget
  readonly target: string
  /** Written into the session's record at the service. */
  readonly reason?: string
}
