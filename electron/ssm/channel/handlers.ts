// What a channel and its owner know of each other: how it is made, what it tells, what it counts. Types only.

import type { AppError } from '../../../shared/errors'
import type { MonotonicClock } from './clock'
import type { HeartbeatTiming } from './heartbeat'
import type { ChannelReady } from '../handshake/agreement'
import type { EncryptionOptions } from '../handshake/keyexchange'

/** What the payloads of a session go to once its channel is ready: a port, or a shell. */
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
}

/** What a channel tells its owner. Called synchronously and in order; none may throw. */
export interface ChannelHandlers {
  /** Called once, before any data. All data goes to what it returns. */
  ready(ready: ChannelReady, channel: ReadyChannel): ChannelReceiver
  /** The socket is gone, the channel is not: attach another one, or `fail` it. */
  lost(cause: AppError): void
  /** An attached replacement socket has proven itself by an incoming frame. */
  resumed(): void
  /** The service ended the session; `text` is its word, often "", at most 2 kB. Nothing follows. */
  closed(text: string): void
  /** The channel is unusable. Nothing follows. */
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
  readonly retransmissions: number
  /** Epoch ms of the last stream message, either way: they keep a session from idling out. 0 before the first. */
  readonly lastStreamAt: number
  /** To the agent and back, smoothed; undefined before the first measurement. */
  readonly roundTripMs: number | undefined
}
