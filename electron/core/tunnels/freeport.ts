// Finds a free local port: for the form of a forward, and in place of a port that another program uses.

import { AppError } from '../../../shared/errors'
import { listen } from './listener'

const MAX_ATTEMPTS = 200
const LAST_PORT = 65_535

/** Finds the first free port at or above `from` that no saved forward has (`taken`). Rejects with `port-in-use` if none of the next 200 is free. */
export async function findFreePort(from: number, taken: readonly number[]): Promise<number> {
  const last = Math.min(LAST_PORT, from + MAX_ATTEMPTS)
  for (let port = from; port <= last; port += 1) {
    if (taken.includes(port)) continue
    const listener = await listen({ port, onConnection: (socket) => socket.destroy() }).catch((error: unknown) => {
      if (error instanceof AppError && (error.code === 'port-in-use' || error.code === 'port-not-allowed'))
        return undefined
      throw error
    })
    if (listener === undefined) continue
    await listener[Symbol.asyncDispose]()
    return port
  }
  throw new AppError('port-in-use', `No local port from ${from} to ${last} is free. Choose another one.`)
}
