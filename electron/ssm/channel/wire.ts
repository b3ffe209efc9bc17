// What the channel needs of an open WebSocket, so that tests may put an in-memory wire in its place.

import type { AppError } from '../../../shared/errors'

/** What a wire tells its one listener. */
export interface WireListener {
  /** One binary message. Text messages are never passed on: the protocol has none in this direction. */
  message(data: Buffer): void
  pong(): void
  /** The wire is gone, for whatever reason and at most once. Not called after `close` or `terminate`. */
  closed(cause: AppError): void
}

/** An open, bidirectional, message-preserving connection to the message gateway. */
export interface Wire {
  /** Text for the open message, binary for the rest. Never throws: what cannot be sent is lost with the wire. */
  send(data: string | Buffer): void
  ping(): void
  /** Says goodbye with `code` and lets go. */
  close(code: number): void
  /** Drops the connection at once. */
  terminate(): void
  /** Bytes given to `send` that the operating system has not taken yet. */
  readonly bufferedBytes: number
  listen(listener: WireListener): void
}
