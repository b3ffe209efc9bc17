// The types between a session and its owner: what it needs, how it is started, what it tells. Types only.

import type { Agent } from 'node:http'
import type { SessionRules } from './request/documents'
import type { Wakeable } from './wakeable'
import type { Diagnose } from '../../../shared/diagnostics'
import type { AppError } from '../../../shared/errors'
import type { Forecast } from '../../../shared/model/forecast'
import type { SessionCalls, StartSessionRequest } from '../../../shared/session'
import type { SessionAbout, SessionFacts, SessionNote } from '../../../shared/sessionnote'
import type { ChannelReceiver, ReadyChannel } from '../../ssm/channel/handlers'
import type { ChannelReady } from '../../ssm/handshake/agreement'
import type { ReceiveBudget } from '../../ssm/port/budget'
import type { ResumePermission } from './resume/permission'
import type { Timing } from './timing'

/** What a session needs of AWS, given by the composition root. Credentials are resolved at each call. */
export interface SessionService extends SessionCalls {
  agentFor(url: string): Agent | undefined
  /** Takes entries for the diagnostic log; absent where there is none. */
  readonly diagnose?: Diagnose
  /** Takes what a session tells of itself, for the ledger; absent where there is none. Never throws. */
  noted?(sessionId: string, note: SessionNote): void
}

/** What a session tells its owner. Called in order; none may throw. */
export interface SessionHandlers {
  /** Once, before any data. All data of the session goes to the receiver that it returns. */
  ready(ready: ChannelReady, channel: ReadyChannel): ChannelReceiver
  /** The socket is lost. Called at the loss, and again at each attempt and each wait. */
  resuming(progress: ResumeProgress): void
  /** A new socket works: the agent has answered over it. */
  resumed(pausedMs: number): void
  /** The expected ends have changed. Absent: they are of no interest. */
  forecast?(forecast: Forecast): void
  /** Asked every few seconds and at the end, for the ledger: the use of the session so far. */
  facts?(): SessionFacts
  /** The session has ended. Called once, as the last handler. */
  ended(end: SessionEnd): void
}

/** How a session ended. */
export interface SessionEnd {
  /** What ended it: the service, a failure of the connection, or its owner in this process. */
  readonly by: 'service' | 'failure' | 'owner'
  /** The service's reason, often "". Always "" where the service did not end it. */
  readonly text: string
  /** The error that its connections and readers get. */
  readonly cause: AppError
}

/** The state of a resume. */
export interface ResumeProgress {
  /** Why the socket was lost; after a failed attempt, why that failed. */
  readonly cause: AppError
  /** Counts from 1 within an outage. */
  readonly attempt: number
  /** Epoch ms of the loss that began the outage. */
  readonly sinceAt: number
  /** Epoch ms of the next attempt; absent while one is under way. */
  readonly retryAt?: number
  /** What is missing before an attempt can succeed. */
  readonly waitsFor?: 'login' | 'network'
}

/** What every session is started with. */
interface SessionContext {
  readonly service: SessionService
  /** What a wake reaches: the session is among them from its start to its end. */
  readonly wakeables: Set<Wakeable>
  /** What is known of the caller's permission to resume, shared by the sessions of an environment. */
  readonly permission: ResumePermission
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
  /** See `ChannelOptions`. */
  readonly firstAnswerMs?: number
}

/** What each kind of session is opened with: a shell, a raw connection, the session of a forward. */
export interface OpenOptions extends SessionContext {
  readonly budget: ReceiveBudget
  readonly target: string
  /** The rules of the environment; absent: there are none. */
  readonly rules?: SessionRules
  /** Written into the session's record at the service. */
  readonly reason?: string
  /** What the ledger shall know of the session beside its request. */
  readonly about?: SessionAbout
}
