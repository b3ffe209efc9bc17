// What the lists of sessions read beside AWS. Types only; the composition root supplies them.

import type { SessionCarrier } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { Instance } from '../../../shared/model/instance'
import type { Environment } from '../environments/environment'
import type { Canceling } from './canceling'
import type { OwnRecords } from './holder'

/** A session that a forward or a terminal of this app carries now. Counters are absent where they are not known. */
export interface Carried {
  readonly carrier: SessionCarrier
  /** `127.0.0.1:PORT` */
  readonly localAddress?: string
  readonly endpoint?: string
  readonly connectionsUsed?: number
  readonly connectionLimit?: number
  readonly bytesUp?: number
  readonly bytesDown?: number
  /** When the forward's own limit ends it, epoch ms. */
  readonly expiresAt?: number
}

/** See above. */
export interface SessionSources {
  /** Opens an environment if needed. */
  readonly environment: (ref: EnvironmentRef) => Promise<Environment>
  /** The name of an environment before it is open. */
  readonly nameOf: (ref: EnvironmentRef) => string
  /** The instances of an environment, if they are listed. */
  readonly instancesOf: (ref: EnvironmentRef) => readonly Instance[] | undefined
  readonly records: OwnRecords
  /** What this app carries now, by the id of the session. */
  readonly carried: () => ReadonlyMap<string, Carried>
  readonly canceling: Canceling
  /** Epoch ms. */
  readonly now: () => number
}
