// Saved targets: a set of hosts with what sessions to it begin with. Types only.

import type { DocumentChoice } from './document'
import type { EnvironmentRef } from './environment'
import type { TargetSet } from '../targetset'

/** A saved target. */
export interface SavedTarget {
  readonly id: string
  /** Unique in its data directory; a TARGET of the command line. */
  readonly name: string
  readonly environment: EnvironmentRef
  readonly set: TargetSet
  /** The port that sessions lead to, where none is named. Absent: a shell. */
  readonly defaultPort?: number
  /** A host that the chosen one connects to. Absent: itself. */
  readonly remoteHost?: string
  readonly document?: DocumentChoice
  /** The most connections of one authorization. Absent: any number. */
  readonly connectionLimit?: number
  /** After that a session of it is ended by Culvert. Absent: it is not. */
  readonly maxDurationMinutes?: number
}
