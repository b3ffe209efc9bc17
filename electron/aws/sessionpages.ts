// The sessions of the account and region, page by page, with AWS's filters.
//
// Owns: the filters as AWS writes them, the order of the pages, and the bounds of what a page says. Does not own the call (calls.ts), and
// whether the filter of owners can be trusted (ownerfilter.ts).
// Source: specification §1.2; Systems Manager API reference, "DescribeSessions", "Session", "SessionFilter".

import { createHash } from 'node:crypto'
import type { DescribeSessionsCommandOutput, SessionFilter } from '@aws-sdk/client-ssm'
import { cutText } from '../../shared/cut'
import { AppError } from '../../shared/errors'
import { LISTED_STATUSES, type ListedSession, type SessionPages, type SessionQuery } from '../../shared/sessionlisting'

/** The largest page that the service gives. */
const PAGE = 200

/** A million sessions of whole pages. Filters may leave pages empty. */
const MAX_PAGES = 5_000

/** The service's own limits of its texts; `MAX_TEXT` for an ARN and for a name that has no limit. */
const MAX_ID = 96
const MAX_REASON = 256
const MAX_TARGET = 400
const MAX_TEXT = 2_048

const MINUTE_MS = 60_000
const MAX_MINUTES = 1_440

/** Asks for one page of sessions. */
export type DescribeSessions = (
  input: {
    readonly State: 'Active' | 'History'
    readonly Filters?: SessionFilter[]
    readonly MaxResults: number
    readonly NextToken?: string
  },
  signal: AbortSignal,
) => Promise<DescribeSessionsCommandOutput>

/** A time as the filters take it: whole seconds, in UTC. */
function timeOf(at: number): string {
  return new Date(Math.floor(at / 1_000) * 1_000).toISOString().replace('.000Z', 'Z')
}

/** The filters of a query, as AWS writes them. */
export function filtersOf(query: SessionQuery): SessionFilter[] {
  const { owner, target, status, accessType, sessionId, startedSince, startedBefore } = query
  const filters: SessionFilter[] = []
  if (startedSince !== undefined) filters.push({ key: 'InvokedAfter', value: timeOf(startedSince) })
  // The second of this time is included: sessions that were started in it are listed twice rather than not at all.
  if (startedBefore !== undefined) filters.push({ key: 'InvokedBefore', value: timeOf(startedBefore + 999) })
  if (target !== undefined) filters.push({ key: 'Target', value: target })
  if (owner !== undefined) filters.push({ key: 'Owner', value: owner })
  if (status !== undefined) filters.push({ key: 'Status', value: status })
  if (sessionId !== undefined) filters.push({ key: 'SessionId', value: sessionId })
  if (accessType !== undefined)
    filters.push({ key: 'AccessType', value: accessType === 'standard' ? 'Standard' : 'JustInTime' })
  return filters
}

type Answered = NonNullable<DescribeSessionsCommandOutput['Sessions']>[number]

/** A time of an answer. Times that no clock shows are left out. */
function timeIn(date: Date | undefined): number | undefined {
  const at = date?.getTime()
  return at === undefined || !Number.isFinite(at) || at < 0 ? undefined : at
}

function durationIn(minutes: string | undefined): number | undefined {
  if (minutes === undefined || !/^\d{1,4}$/.test(minutes)) return undefined
  const count = Number(minutes)
  return count >= 1 && count <= MAX_MINUTES ? count * MINUTE_MS : undefined
}

/** One session of an answer; undefined for one without an id that a session can have. */
export function listedSession(answered: Answered, state: SessionQuery['state']): ListedSession | undefined {
  const { SessionId: sessionId, Status, Owner = '', Target = '', Reason = '', DocumentName, AccessType } = answered
  if (sessionId === undefined || sessionId === '' || sessionId.length > MAX_ID) return undefined
  const status = LISTED_STATUSES.find((one) => one === Status) ?? (state === 'Active' ? 'Connected' : 'Terminated')
  const [startAt, endAt] = [timeIn(answered.StartDate), timeIn(answered.EndDate)]
  const maxDurationMs = durationIn(answered.MaxSessionDuration)
  return {
    sessionId,
    status,
    owner: cutText(Owner, MAX_TEXT),
    target: cutText(Target, MAX_TARGET),
    reason: cutText(Reason, MAX_REASON),
    ...(DocumentName === undefined || DocumentName === '' ? {} : { document: cutText(DocumentName, MAX_TEXT) }),
    ...(AccessType === 'Standard' ? { accessType: 'standard' as const } : {}),
    ...(AccessType === 'JustInTime' ? { accessType: 'just-in-time' as const } : {}),
    ...(startAt === undefined ? {} : { startAt }),
    ...(endAt === undefined ? {} : { endAt }),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
  }
}

/** The pages of a query, exactly as AWS filters them. */
export class DescribedPages implements SessionPages {
  readonly #query: SessionQuery
  readonly #describe: DescribeSessions
  /** Tokens that were asked with, by hash, because a token may be of any length. */
  readonly #asked = new Set<string>()
  #token: string | undefined
  #isDone = false

  constructor(query: SessionQuery, describe: DescribeSessions) {
    this.#query = query
    this.#describe = describe
  }

  get isDone(): boolean {
    return this.#isDone
  }

  async next(signal: AbortSignal): Promise<readonly ListedSession[]> {
    if (this.#isDone) return []
    const { state } = this.#query
    const filters = filtersOf(this.#query)
    const answer = await this.#describe(
      {
        State: state,
        ...(filters.length === 0 ? {} : { Filters: filters }),
        MaxResults: PAGE,
        ...(this.#token === undefined ? {} : { NextToken: this.#token }),
      },
      signal,
    )
    this.#advance(answer.NextToken)
    return (answer.Sessions ?? []).slice(0, PAGE).flatMap((answered) => listedSession(answered, state) ?? [])
  }

  /** A token that was used before would go round for ever, so it ends the list. */
  #advance(token: string | undefined): void {
    this.#token = token
    if (token === undefined || token === '') {
      this.#isDone = true
      return
    }
    const hash = createHash('sha256').update(token).digest('base64')
    this.#isDone = this.#asked.has(hash)
    this.#asked.add(hash)
    if (this.#asked.size > MAX_PAGES)
      throw new AppError('service', 'AWS lists sessions without an end: narrow the list by a filter.')
  }
}
