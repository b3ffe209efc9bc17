// The types between a list of sessions and its environments. Types only.

import type { SessionFilters, SessionPlace } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { Instance } from '../../../shared/model/instance'
import type { ListedSession } from '../../../shared/sessionlisting'
import type { Environment } from '../environments/environment'

/** What a row needs of the environment that it comes from. */
export interface ListedPlace {
  readonly place: SessionPlace
  /** The ARN of this identity; undefined: not known yet. */
  readonly identity: string | undefined
  /** The Name of a target; undefined: not known. */
  nameOf(target: string): string | undefined
}

/** The list that an environment's sessions go to. */
export interface PlaceSink {
  /** New and changed sessions. */
  take(from: ListedPlace, sessions: readonly ListedSession[]): void
  /** A session that is not in the list any more, because it does not pass its filters now. */
  drop(from: ListedPlace, sessionId: string): void
  /** Names of targets have become known. */
  named(from: ListedPlace): void
}

/** What an environment of a list needs. */
export interface PlaceOptions {
  readonly ref: EnvironmentRef
  /** Opens it if needed. */
  readonly environment: () => Promise<Environment>
  /** Its name before it is open. */
  readonly name: string
  readonly filters: SessionFilters
  /** See `sessions.open`. */
  readonly sinceAt: number
  readonly now: () => number
  /** The instances of the environment, if they are listed already. */
  readonly instances: () => readonly Instance[] | undefined
  readonly sink: PlaceSink
}
