// The parts of the simulator that API operations use. Types only.

import type { RandomChallenge } from '../agent/keys'
import type { Offer } from './badrequest'
import type { DescribingOptions, Logging } from './describesessions'
import type { Documents } from './documents'
import type { EcsAccount } from '../ecs/account'
import type { KeyService } from './kms'
import type { OpenResume } from '../gateway/openresume'
import type { DescribedSession, SessionHistory } from '../history/history'
import type { Session, SessionStore, SpoiledToken } from '../gateway/sessions'
import type { Place } from '../iam/demands'
import type { Policies } from '../iam/policy'
import type { Roles } from '../iam/roles'
import type { World } from '../world/world'

/** Which sessions of the account are encrypted: its preferences, and how its agents are set up. */
interface EncryptionPreferences {
  readonly kmsKeyId: string
  readonly randomChallenge: RandomChallenge
  /** Real agents never encrypt ports. */
  readonly hasPorts: boolean
}

/** The state behind the APIs. */
export interface Service extends Place {
  readonly world: World
  readonly ecs: EcsAccount
  readonly store: SessionStore
  /** The sessions that have ended. */
  readonly history: SessionHistory
  /** The sessions that run, of every owner. */
  activeSessions(): readonly DescribedSession[]
  readonly describing: DescribingOptions
  readonly logging: Logging
  /** Whether a call of DescribeSessions is within the account's rate; counts it. */
  mayDescribe(): boolean
  /** Epoch ms. */
  now(): number
  readonly offer: Offer
  readonly documents: Documents
  readonly roles: Roles
  readonly policies: Policies
  readonly keys: KeyService
  /** Undefined: nothing is encrypted. */
  readonly encryption: EncryptionPreferences | undefined
  /** `ws://127.0.0.1:PORT`. */
  readonly webSocketUrl: string
  /** The fault of the token that is made now; undefined for none. Called once for each token. */
  takeSpoiledToken(): SpoiledToken | undefined
  /** Minutes, as the account's preferences have them. */
  readonly idleMinutes: number
  /** Undefined: a session may live without a limit. */
  readonly maxMinutes: number | undefined
  /** Starts the clock of a session, which runs also if its data channel is never opened. */
  begin(session: Session): void
  /** Whether a client's socket of a session is open. */
  hasClient(session: Session): boolean
  /** How a resume of an open session is answered. */
  readonly openResume: OpenResume
  /** Ends a session from outside, as TerminateSession does. Returns false for an unknown session. */
  terminate(sessionId: string): boolean
}
