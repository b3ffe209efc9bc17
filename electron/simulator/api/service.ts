// What the API operations see of the simulator.

import type { RandomChallenge } from '../agent/keys'
import type { KeyService } from './kms'
import type { Session, SessionStore, SpoiledToken } from '../gateway/sessions'
import type { World } from '../world/world'

/** Which sessions of the account are encrypted: its preferences, and how its agents are set up. */
interface EncryptionPreferences {
  readonly kmsKeyId: string
  readonly randomChallenge: RandomChallenge
  /** Real agents never encrypt ports. */
  readonly hasPorts: boolean
}

/** The state behind the APIs. */
export interface Service {
  readonly world: World
  readonly store: SessionStore
  readonly region: string
  readonly accountId: string
  readonly keys: KeyService
  /** Undefined: nothing is encrypted. */
  readonly encryption: EncryptionPreferences | undefined
  /** The caller's ARN. */
  readonly callerArn: string
  /** `ws://127.0.0.1:PORT`. */
  readonly webSocketUrl: string
  /** How a fault spoils the token that is made now; undefined: not at all. */
  takeSpoiledToken(): SpoiledToken | undefined
  /** Minutes, as the account's preferences have them. */
  readonly idleMinutes: number
  /** Undefined: without end. */
  readonly maxMinutes: number | undefined
  /** A session was started: its clock runs, also while its data channel is not open. */
  begin(session: Session): void
  /** Ends a session from outside, as TerminateSession does. */
  terminate(session: Session): void
}
