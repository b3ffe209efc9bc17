// The sessions of an account and region, as Systems Manager and this installation's ledger know them. Types only; times are epoch ms.

import type { WireError } from '../errors'
import type { EnvironmentRef } from './environment'

/** Where a session stands: `pending` until it carries data, `resuming` while its socket is replaced, `canceling` until AWS has ended it. */
export type SessionState = 'pending' | 'active' | 'resuming' | 'canceling' | 'terminated'

/**
 * Whose a session is. `mine`: started by this identity, and not one of the next two. `left-over`: started by this installation, in a
 * process that is dead. `another-computer`: started by this identity with the mark of another installation. `others`: of another identity.
 */
export type SessionHolder = 'mine' | 'left-over' | 'another-computer' | 'others'

/** The environment of a session. */
export interface SessionPlace {
  readonly ref: EnvironmentRef
  readonly name: string
  readonly region: string
}

/** The part of this app that carries a session. */
export type SessionCarrier =
  | { readonly kind: 'forward'; readonly id: string; readonly name: string }
  | { readonly kind: 'terminal'; readonly id: string; readonly name: string }

/** A session of the account, as one row of a list. Texts of AWS are bounded; a field that is not known is absent. */
export interface AccountSession {
  /** The id at Systems Manager. */
  readonly id: string
  readonly place: SessionPlace
  readonly state: SessionState
  readonly holder: SessionHolder
  /** An ARN. */
  readonly owner: string
  /** `i-…`, `mi-…` or `ecs:…`. */
  readonly target: string
  /** The Name of the target; absent where it is not known or has none. */
  readonly targetName?: string
  readonly document?: string
  /** The text that the person gave, without Culvert's mark. */
  readonly reason?: string
  readonly accessType?: 'standard' | 'just-in-time'
  readonly startAt?: number
  readonly endAt?: number
  readonly maxDurationMs?: number
  /** When it last carried something; known for sessions of this installation only. */
  readonly lastUsedAt?: number
  /** Present where this app carries it now. */
  readonly carrier?: SessionCarrier
}

/** A time that a session spent in a state. */
export interface SessionStateTime {
  readonly state: SessionState
  readonly startAt: number
  /** Absent: it is in this state now. */
  readonly endAt?: number
}

/** Everything that is known of one session. */
export interface SessionDetail extends AccountSession {
  /** Newest first. For sessions of others, what AWS tells: their start and their end. */
  readonly states: readonly SessionStateTime[]
  /** Whether the states come from this installation's own ledger. */
  readonly isRecorded: boolean
  readonly type?: 'shell' | 'port' | 'ssh' | 'command'
  /** What it leads to: `tcp://HOST:PORT`. */
  readonly endpoint?: string
  /** `127.0.0.1:PORT`, where this computer listens for it. */
  readonly localAddress?: string
  readonly connectionsUsed?: number
  readonly connectionLimit?: number
  readonly bytesUp?: number
  readonly bytesDown?: number
  /** When Culvert's own limit ends it. */
  readonly expiresAt?: number
  /** Pages of the console where the account's preferences send the output of sessions. */
  readonly logs?: { readonly s3?: string; readonly cloudWatch?: string }
}

/** What a list asks of one environment: AWS filters by these. Absent: no filter. */
export interface SessionFilters {
  readonly owner?: string
  /** An instance id, or a Name, which is resolved. */
  readonly target?: string
  /** AWS's word: Connected, Connecting, Disconnected, Terminated, Terminating, Failed. */
  readonly status?: string
  readonly accessType?: 'standard' | 'just-in-time'
}

/** An environment of a list whose sessions are not all there, and why. */
export interface SessionProblem {
  readonly place: SessionPlace
  readonly error: WireError
  /** When Culvert asks again by itself; absent: a person must act. */
  readonly retryAt?: number
}

/** How far a list is. */
export interface SessionListState {
  /** Whether pages are being loaded now. */
  readonly isLoading: boolean
  /** The start of the time that is loaded so far, epoch ms: sessions that ended earlier are not in the list. */
  readonly loadedSinceAt: number
  /** Whether AWS keeps older sessions that are not loaded: it keeps them for 30 days. */
  readonly hasOlder: boolean
  readonly problems: readonly SessionProblem[]
  /** Present where the list is full: there are more sessions than it can hold, and ended ones are left out. */
  readonly isCut?: true
}

/** The outcome of a request to end one session. */
export interface CancelOutcome {
  readonly place: SessionPlace
  readonly sessionId: string
  /** Absent: AWS has taken the request; the session is `canceling` until AWS says that it has ended. */
  readonly error?: WireError
}
