// What a channel and its owner know of each other: how it is made, what it tells, what it counts. Types only.

import type { AppError } from '../../../shared/errors'
import type { MonotonicClock } from './clock'
import type { HeartbeatTiming } from './heartbeat'
import type { ChannelReady } from '../handshake/agreement'
import type { EncryptionOptions } from '../handshake/keyexchange'

/** What a channel tells its owner. Called synchronously and in order; none may throw. */
export interface ChannelHandlers {
  /** Called once, before any data. */
  ready(ready: ChannelReady): void
  /** A payload in order: Output, StdErr, ExitCode or Flag. A view of the received frame. */
  data(payloadType: number, payload: Buffer): void
  /** The socket is gone, the channel is not: attach another one, or `fail` it. */
  lost(cause: AppError): void
  /** An attached replacement socket has proven itself by an incoming frame. */
  resumed(): void
  /** The service ended the session; `text` is its word, often "", at most 2 kB. Nothing follows. */
  closed(text: string): void
  /** The channel is unusable. Nothing follows. */
  failed(error: AppError): void
}

/** How a channel is made. */
export interface ChannelOptions {
  readonly handlers: ChannelHandlers
  /** For sessions whose program may print nothing: ready after this much quiet, in ms (§5.1). */
  readonly readyAfterQuietMs?: number
  /** The usual one where absent. */
  readonly heartbeat?: HeartbeatTiming
  /** What spans are measured by; the process's own clock where absent. */
  readonly now?: MonotonicClock
  /** The way to keys, for agents that want the session encrypted; without it those are refused. */
  readonly encryption?: EncryptionOptions
}

/** Counts since the channel began. */
export interface ChannelCounters {
  readonly messagesSent: number
  readonly retransmissions: number
  readonly duplicatesReceived: number
  readonly rejectedFrames: number
  readonly wiresAttached: number
  /** Epoch ms of the last stream message, either way: they keep a session from idling out. 0 before the first. */
  readonly lastStreamAt: number
  /** To the agent and back, smoothed; undefined before the first measurement. */
  readonly roundTripMs: number | undefined
}
