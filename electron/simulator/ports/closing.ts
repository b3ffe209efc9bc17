// Two waits on a connection: for room to write, and for its end.
//
// A connection is closed the way a process closes a TCP socket: what was written is still delivered, nothing more is read.

import type { Duplex } from 'node:stream'

/** A destination that does not take the last bytes is given up after this. */
const LINGER_MS = 2_000

/** Ends and then destroys `connection`; resolves when it is closed, after 2 s at the latest. */
export function closeGently(connection: Duplex): Promise<void> {
  if (connection.closed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => connection.destroy(), LINGER_MS)
    connection.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    if (connection.writable) connection.end(() => connection.destroy())
    else if (!connection.writableNeedDrain && connection.writableLength === 0) connection.destroy()
  })
}

/** Resolves when `connection` has room again after a `write` that answered false, or is closed. Leaves no listener. */
export function roomIn(connection: Duplex): Promise<void> {
  if (connection.closed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      connection.off('drain', done)
      connection.off('close', done)
      resolve()
    }
    connection.once('drain', done)
    connection.once('close', done)
  })
}
