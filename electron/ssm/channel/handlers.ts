// The types between a channel and its owner: options, handlers, counters. Types only.

import type { ProbeResult } from './probe'
import type { AppError } from '../../../shared/errors'
import type { MonotonicClock } from './clock'
import type { HeartbeatTiming } from './heartbeat'
import type { ChannelReady } from '../handshake/agreement'
import type { EncryptionOptions } from '../handshake/keyexchange'

/** Takes the payloads of a session once its channel is ready: a port, or a shell. */
export interface ChannelReceiver {
  /**
   * Takes the next payload in order: Output, StdErr, ExitCode or Flag. `payload` is a view of the received frame: copy what is
   * kept. May throw `protocol`, which ends the channel.
   */
  receive(payloadType: number, payload: Buffer): void
}

/** What an owner and a receiver do with a channel that is ready; see `Channel`. */
export interface ReadyChannel {
  write(bytes: Buffer, done: () => void): void
  send(payloadType: number, payload: Buffer): boolean
  drained(timeoutMs: number): Promise<boolean>
  fail(error: AppError): void
  /**
   * Counts the signs that messages get lost or late: a replaced socket, a pause of the agent's leg, a message that was sent again, a
   * copy that came twice or too early. While it stays the same, all that the agent has sent has come.
   */
  readonly disturbances: number
  /** Asks the service and the agent for a sign of life. Never rejects; see probe.ts. */
  probe(timeoutMs: number): Promise<ProbeResult>
}

/** What a channel tells its owner. Called synchronously and in order; none may throw. */
export interface ChannelHandlers {
  /** Called once, before any data. All data goes to what it returns. */
  ready(ready: ChannelReady, channel: ReadyChannel): ChannelReceiver
  /** The socket is gone. The channel stays: attach another socket, or `fail` the channel. */
  lost(cause: AppError): void
  /** A frame of the agent has come over a replacement socket: the connection works again. */
  resumed(): void
  /** The service ended the session. `text` is its reason, often "", at most 2 kB. No other handler is called after this. */
  closed(text: string): void
  /** The channel is unusable. No other handler is called after this. */
  failed(error: AppError): void
}

/** What a channel tells a diagnostic log. Neither may throw. */
export interface ChannelObserver {
  /** A frame was dropped without an acknowledgement: it made no sense, or there was no room. `why` holds no bytes of it. */
  dropped(why: string): void
  /** Message `sequence` was sent again; `attempt` counts from 2. */
  resent(sequence: number, attempt: number): void
}

/** How a channel is made. */
export interface ChannelOptions {
  readonly handlers: ChannelHandlers
  readonly observer?: ChannelObserver
  /** For sessions whose program may print nothing: the channel is ready after this much quiet, in ms (§5.1). */
  readonly readyAfterQuietMs?: number
  /** How long the agent may take on the first socket, in ms. Absent: 30 s. */
  readonly firstAnswerMs?: number
  /** `defaultHeartbeat` where absent. */
  readonly heartbeat?: HeartbeatTiming
  /** The process's monotonic clock where absent. */
  readonly now?: MonotonicClock
  /** How to get keys, for agents that want the session encrypted. Where absent, such agents are refused. */
  readonly encryption?: EncryptionOptions
}

/** Counts since the channel began. */
export interface ChannelCounters {
  readonly retransmissions: number
  /** Epoch ms of the last stream message in either direction; the service counts idle time from it. 0 before the first. */
  readonly lastStreamAt: number
  /** The same without what only proves a path: epoch ms of the last message that carries something. 0 before the first. */
  readonly lastUsedAt: number
  /** The smoothed round trip to the agent. Undefined before the first measurement. */
  readonly roundTripMs: number | undefined
}
