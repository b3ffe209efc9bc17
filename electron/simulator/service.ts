// What the API operations see of the simulator.

import type { Session, SessionStore } from './sessions'
import type { World } from './world'

/** The state behind the APIs. */
export interface Service {
  readonly world: World
  readonly store: SessionStore
  readonly region: string
  readonly accountId: string
  /** The caller's ARN. */
  readonly callerArn: string
  /** `ws://127.0.0.1:PORT`. */
  readonly webSocketUrl: string
  /** Ends a session from outside, as TerminateSession does. */
  terminate(session: Session): void
}
