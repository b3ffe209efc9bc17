// A local port that is free now, for the forward form and for a port that somebody else holds.

import { AppError } from '../../../shared/errors'
import { listen } from './listener'

const MAX_ATTEMPTS = 200
const LAST_PORT = 65_535

/** The first free port at or above `from` that is not `taken` by a saved forward. Rejects with `port-in-use` when there is none near. */
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
