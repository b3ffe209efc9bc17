// What the tests of lifetimes share: a compressed minute, and connections to an echo.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { defaultTiming, type Timing } from '../../../electron/core/sessions/timing'

/** What is sent to this port of the instance comes back. */
export const ECHO = 7

/**
 * A minute of the service. Every limit below is 12 of them: what a test does before a limit is reached takes a few ms, and as
 * many seconds on a machine that has much else to do.
 */
export const MINUTE_MS = 400

/** Timing with short waits and minutes of this length. */
export const timing = (minuteMs: number): Timing => ({
  ...defaultTiming,
  firstRetryMs: 20,
  maxRetryMs: 100,
  pollMs: 50,
  minuteMs,
})

/** Connects to a port. */
export async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  return socket
}

/** Sends a text and returns what comes back first. */
export async function echo(socket: Socket, text: string): Promise<string> {
  const heard = once(socket, 'data')
  socket.write(text)
  return String((await heard)[0])
}

/** Resolves with how a socket ends: its error, or `end`. */
export function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(String(error)))
    socket.once('end', () => resolve('end'))
  })
}
