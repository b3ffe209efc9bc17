// The part of an open WebSocket that the channel uses. Tests put an in-memory wire in its place.

import type { AppError } from '../../../shared/errors'

/** What a wire tells its one listener. */
export interface WireListener {
  /** One binary message. Text messages are dropped: the service sends none. */
  message(data: Buffer): void
  pong(): void
  /** The wire is gone. Called at most once, and not after `close` or `terminate`. */
  closed(cause: AppError): void
}

/** An open, bidirectional, message-preserving connection to the message gateway. */
export interface Wire {
  /** Sends a text message (the open message) or a binary one. Never throws: on a broken wire the message is lost. */
  send(data: string | Buffer): void
  ping(): void
  /** Sends a close frame with `code`. No event follows. */
  close(code: number): void
  /** Drops the connection at once. No event follows. */
  terminate(): void
  /** Bytes given to `send` that the operating system has not taken yet. */
  readonly bufferedBytes: number
  listen(listener: WireListener): void
}
