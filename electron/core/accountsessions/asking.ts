// What a list asks AWS for: which filters are pushed to the service, and which sessions of an answer belong to the list. Pure.
//
// An owner is an ARN, `me`, or a plain name: the last part of an ARN, such as a user name or the session name of a role. AWS filters by an
// ARN only, so a plain name is looked for here.

import type { SessionFilters } from '../../../shared/model/accountsession'
import { LISTED_STATUSES, type ListedSession, type SessionQuery } from '../../../shared/sessionlisting'

/** AWS keeps ended sessions for this long. Source: Systems Manager API reference, "DescribeSessions". */
export const KEPT_MS = 30 * 24 * 3_600_000

/** The longest that a session lives, where the account sets a limit at all. AWS filters by the start of sessions, a list by their end. */
const LONGEST_LIFE_MS = 24 * 3_600_000

/** What stands behind the words of a filter. */
export interface Resolved {
  /** The ARN of this identity. */
  readonly identity: string | undefined
  /** The id of the target. */
  readonly target: string | undefined
}

type Asked = Omit<SessionQuery, 'state'>

/** The filters that AWS applies. */
export function pushed({ owner, status, accessType }: SessionFilters, { identity, target }: Resolved): Asked {
  const arn = owner === 'me' ? identity : owner?.startsWith('arn:') === true ? owner : undefined
  const known = LISTED_STATUSES.find((one) => one === status)
  return {
    ...(arn === undefined ? {} : { owner: arn }),
    ...(target === undefined ? {} : { target }),
    ...(known === undefined ? {} : { status: known }),
    ...(accessType === undefined ? {} : { accessType }),
  }
}

/** Whether a session of an answer passes the filters that AWS does not apply. */
export function isWanted({ owner }: SessionFilters, session: ListedSession): boolean {
  if (owner === undefined || owner === 'me' || owner.startsWith('arn:')) return true
  return session.owner.endsWith(`/${owner}`) || session.owner.endsWith(`:${owner}`)
}

/** Which of AWS's two lists can have sessions of this status. */
export function statesOf({ status }: SessionFilters): { readonly active: boolean; readonly history: boolean } {
  const isOver = status === 'Terminated' || status === 'Failed'
  return { active: !isOver, history: status === undefined || isOver }
}

/** Whether a text names a target by its id. */
export function isTargetId(text: string): boolean {
  return /^(m?i-[0-9a-f]+|ecs:.+)$/.test(text)
}

/**
 * The ended sessions of a time: those that ended at `sinceAt` or later. With `beforeAt`, only those that had begun by then: the newer ones
 * are loaded. A session that had lived for more than a day at `sinceAt` is not found, unless older ones are loaded too.
 */
export function historyQuery(asked: Asked, sinceAt: number, beforeAt?: number): SessionQuery {
  return {
    ...asked,
    state: 'History',
    startedSince: Math.max(0, sinceAt - LONGEST_LIFE_MS),
    ...(beforeAt === undefined ? {} : { startedBefore: beforeAt }),
  }
}
