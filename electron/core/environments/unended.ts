// Tells once that the sessions of an environment may not be ended: each stays open until the service's idle limit ends it.
//
// The call rejects all the same, because its callers decide what is tried again (sessions/owedend.ts, leftovers.ts).

import { AppError } from '../../../shared/errors'
import type { EnvironmentService } from './environment'

type EndSession = EnvironmentService['terminateSession']

/** Wraps TerminateSession: `tell` is called at the first call that is denied. It must not throw. */
export function tellUnended(end: EndSession, tell: (error: AppError) => void): EndSession {
  let isTold = false
  return async (sessionId, signal) => {
    try {
      await end(sessionId, signal)
    } catch (error) {
      if (!isTold && error instanceof AppError && error.code === 'access-denied') {
        isTold = true
        tell(error)
      }
      throw error
    }
  }
}
