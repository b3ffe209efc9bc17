// What is told of a session while it runs, for the ledger of this installation. Types only; never sent to AWS.

import type { SessionState } from './model/accountsession'

/** The use of a session. */
export type SessionType = 'shell' | 'port' | 'ssh' | 'command'

/** What the starter of a session knows of it, beside its request. */
export interface SessionAbout {
  readonly type?: SessionType
  /** The Name of the target. */
  readonly targetName?: string
  /** What it leads to: `tcp://HOST:PORT`. */
  readonly endpoint?: string
  /** The connections that it carries at most. */
  readonly connectionLimit?: number
  /** When Culvert's own limit ends it, epoch ms. */
  readonly expiresAt?: number
  /** The record of a pending authorization that this session redeems: see `Ledger.pending`. */
  readonly authorization?: string
}

/** The use that a session is in. Absent: as before. */
export interface SessionFacts {
  /** `127.0.0.1:PORT`, where this computer listens for it. */
  readonly localAddress?: string
  readonly connectionsUsed?: number
  /** Bytes from local programs or a person's keys, and back to them. */
  readonly bytesUp?: number
  readonly bytesDown?: number
  /** When it last carried something, epoch ms. */
  readonly lastUsedAt?: number
}

/** What a session tells of itself: a new state, or new facts. */
export type SessionNote =
  | { readonly kind: 'state'; readonly state: SessionState }
  | { readonly kind: 'facts'; readonly facts: SessionFacts }
