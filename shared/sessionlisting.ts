// The sessions of an account as Systems Manager lists them: what is asked, and what one session says. Times are epoch ms.
//
// aws reads them page by page, core makes lists of them (model/accountsession.ts).

/** The status of a session in AWS's words. */
export const LISTED_STATUSES = [
  'Connected',
  'Connecting',
  'Disconnected',
  'Terminated',
  'Terminating',
  'Failed',
] as const

/** See `LISTED_STATUSES`. */
export type ListedStatus = (typeof LISTED_STATUSES)[number]

/** What AWS filters by. Absent: no filter. */
export interface SessionQuery {
  /** `Active`: sessions that have not ended. `History`: those that have, of the past 30 days. */
  readonly state: 'Active' | 'History'
  /** An ARN. */
  readonly owner?: string
  /** `i-…`, `mi-…` or `ecs:…`. */
  readonly target?: string
  readonly status?: ListedStatus
  readonly accessType?: 'standard' | 'just-in-time'
  readonly sessionId?: string
  /** Sessions that were started then or later. AWS takes whole seconds: the second of this time is included. */
  readonly startedSince?: number
  /** Sessions that were started before. */
  readonly startedBefore?: number
}

/** One session as AWS lists it. Texts are bounded; a field that AWS does not name is absent. */
export interface ListedSession {
  readonly sessionId: string
  readonly status: ListedStatus
  /** An ARN; "" where AWS names none. */
  readonly owner: string
  readonly target: string
  readonly document?: string
  /** "" where none was given. */
  readonly reason: string
  readonly accessType?: 'standard' | 'just-in-time'
  readonly startAt?: number
  readonly endAt?: number
  readonly maxDurationMs?: number
}

/** The pages of one query, in AWS's order, which is none. */
export interface SessionPages {
  /** Whether the last page has been read. */
  readonly isDone: boolean
  /**
   * Reads the next page; it may be empty. After a rejection the next call asks for the same page again. Rejects with an `AppError`, or
   * with the signal's reason.
   */
  next(signal: AbortSignal): Promise<readonly ListedSession[]>
}
