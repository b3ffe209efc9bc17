// Joins one accepted local socket to one stream of a port session, until both are done.
//
//   local EOF   the stream stays open for the answer, until the far end closes or nothing came for the linger time
//   remote FIN  the local socket gets all bytes, then EOF; bytes that it still sends are dropped
//   refused, stalled, session gone: the local socket is reset, so that its program sees an error and not an end
//
// There is no half-close on the wire, so forwarding a local EOF at once would lose the late response (D10).
// Source: specification §8.5.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError, asError } from '../../../shared/errors'
import { resetSocket } from './reset'

// How long a program may keep its side open after the far end has closed and all bytes are delivered.
const REMOTE_CLOSED_LINGER_MS = 30_000

/** How a connection ended. `error` is set where it did not end in order. */
export interface ConnectionEnd {
  readonly bytesUp: number
  readonly bytesDown: number
  readonly error: AppError | undefined
}

/**
 * Joins `socket` and `stream`, both owned from here on; resolves when both are closed. Never rejects. `lingerMs` is the idle
 * time after a local EOF before the stream is closed; 0 closes at once, as the reference does.
 */
export function joinConnection(socket: Socket, stream: Duplex, lingerMs: number): Promise<ConnectionEnd> {
  let failure: AppError | undefined
  let idle: NodeJS.Timeout | undefined
  let isLocalEnded = false

  const armLinger = (delayMs: number, act: () => void): void => {
    clearTimeout(idle)
    idle = setTimeout(act, delayMs)
  }
  const endStream = (): void => {
    stream.end()
  }

  socket.pipe(stream, { end: false })
  stream.pipe(socket)
  stream.on('data', () => {
    if (isLocalEnded) armLinger(lingerMs, endStream)
  })
  socket.on('end', () => {
    isLocalEnded = true
    if (lingerMs === 0) endStream()
    else armLinger(lingerMs, endStream)
  })
  stream.on('end', () => {
    // pipe ends the socket's writing side behind the last byte. Its reading side is read and dropped.
    socket.unpipe(stream)
    socket.resume()
    stream.end()
    clearTimeout(idle)
  })
  // All bytes are delivered. The wait for the program's own close starts only now.
  socket.on('finish', () => armLinger(REMOTE_CLOSED_LINGER_MS, () => socket.destroy()))
  stream.on('error', (error) => {
    failure ??= error instanceof AppError ? error : new AppError('internal', asError(error).message, { cause: error })
    resetSocket(socket)
  })
  socket.on('error', () => {
    // The local program reset the connection, so the stream ends without an error of ours.
    stream.destroy()
  })
  socket.on('close', () => stream.destroy())
  socket.resume()

  const closed = (end: Socket | Duplex): Promise<void> =>
    new Promise((resolve) => {
      if (end.closed) resolve()
      else end.once('close', () => resolve())
    })
  return Promise.all([closed(socket), closed(stream)]).then(() => {
    clearTimeout(idle)
    return { bytesUp: socket.bytesRead, bytesDown: socket.bytesWritten, error: failure }
  })
}
