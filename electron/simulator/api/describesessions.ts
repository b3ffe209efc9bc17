// DescribeSessions: the active and the ended sessions of the account, by filter, in pages.
//
// Each of the seven keys may be given once: AWS takes at most seven filters. A date or status that AWS does not know is refused. A status
// that does not fit the State (Connected in History) is allowed and finds no session. Pages are in no order of time. A token works for
// the same State and filters, for 15 minutes. Where AWS's documents are silent, `DescribingOptions` chooses.
// Source: Systems Manager API reference, DescribeSessions and SessionFilter; specification §1.2.

import { createHash } from 'node:crypto'
import * as z from 'zod'
import { countUpTo, inOrder, type DescribedSession, type Placed } from '../history/history'
import { fault, reply, type Answer, type Fault } from './answers'
import { operation, type Json } from './operation'
import type { Service } from './service'
import type { Rate } from './throttle'

/** How DescribeSessions behaves where AWS's documents are silent. */
export interface DescribingOptions {
  /** Calls above it are answered with ThrottlingException; no limit unless given. */
  readonly rate?: Rate
  /** Whether the filter Owner finds sessions of assumed roles by their ARN; true by default. False: it finds sessions of users only. */
  readonly findsRoles?: boolean
  /** Pages are cut before they are filtered, so a page can be empty and have a token; false by default. */
  readonly hasEmptyPages?: boolean
  /** Sessions carry OutputUrl where the preferences name a log; false by default: AWS calls the field reserved. */
  readonly hasOutputUrl?: boolean
}

/** Where the account's preferences send the output of sessions. */
export interface Logging {
  readonly s3BucketName?: string
  readonly s3KeyPrefix?: string
  readonly cloudWatchLogGroupName?: string
}

const KEYS = ['InvokedAfter', 'InvokedBefore', 'Target', 'Owner', 'Status', 'SessionId', 'AccessType'] as const
const STATUSES: readonly string[] = ['Connected', 'Connecting', 'Disconnected', 'Terminated', 'Terminating', 'Failed']
const ACCESS_TYPES: readonly string[] = ['Standard', 'JustInTime']
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/
const DEFAULT_PAGE = 50
const TOKEN_LIFETIME_MS = 15 * 60_000

interface SessionFilter {
  readonly key: (typeof KEYS)[number]
  readonly value: string
}

// The words of a failed check of the JSON protocol.
function invalid(value: string, at: string, constraint: string): Fault {
  const words = `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: ${constraint}`
  return fault('ValidationException', words)
}

function valueFault({ key, value }: SessionFilter, at: string): Fault | undefined {
  const enumerated = (values: readonly string[]): Fault | undefined =>
    values.includes(value)
      ? undefined
      : invalid(value, at, `Member must satisfy enum value set: [${values.join(', ')}]`)
  switch (key) {
    case 'InvokedAfter':
    case 'InvokedBefore':
      return DATE.test(value) && !Number.isNaN(Date.parse(value))
        ? undefined
        : invalid(value, at, 'Member must be a timestamp in ISO 8601 format')
    case 'Status':
      return enumerated(STATUSES)
    case 'AccessType':
      return enumerated(ACCESS_TYPES)
    case 'SessionId':
      return value.length <= 96 ? undefined : invalid(value, at, 'Member must have length less than or equal to 96')
    case 'Target':
    case 'Owner':
      return undefined
  }
}

function checked(given: readonly { readonly key: string; readonly value: string }[]): SessionFilter[] | Fault {
  const filters: SessionFilter[] = []
  for (const { key, value } of given) {
    const known = KEYS.find((name) => name === key)
    if (known === undefined) return fault('InvalidFilterKey', `The filter key ${key} is not valid.`)
    const at = `filters.${filters.length + 1}.member.value`
    if (filters.some((filter) => filter.key === known)) {
      return fault('ValidationException', `The filter key ${key} was specified more than once.`)
    }
    const wrong = valueFault({ key: known, value }, at)
    if (wrong !== undefined) return wrong
    filters.push({ key: known, value })
  }
  return filters
}

function passes(session: DescribedSession, { key, value }: SessionFilter, findsRoles: boolean): boolean {
  switch (key) {
    case 'InvokedAfter':
      return session.startedAt >= Date.parse(value)
    case 'InvokedBefore':
      return session.startedAt < Date.parse(value)
    case 'Target':
      return session.target === value
    case 'Owner':
      return session.owner.arn === value && (findsRoles || session.owner.kind === 'user')
    case 'Status':
      return session.status === value
    case 'SessionId':
      return session.id === value
    case 'AccessType':
      return session.accessType === value
  }
}

function outputUrl(id: string, { logging, region, describing }: Service): Json {
  if (describing.hasOutputUrl !== true) return {}
  const { s3BucketName, s3KeyPrefix = '', cloudWatchLogGroupName } = logging
  const key = encodeURIComponent(`${s3KeyPrefix === '' ? '' : `${s3KeyPrefix}/`}${id}.log`)
  const group = cloudWatchLogGroupName === undefined ? '' : encodeURIComponent(cloudWatchLogGroupName)
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`
  return {
    ...(s3BucketName === undefined
      ? {}
      : { S3OutputUrl: `https://s3.console.aws.amazon.com/s3/object/${s3BucketName}?region=${region}&prefix=${key}` }),
    ...(group === ''
      ? {}
      : { CloudWatchOutputUrl: `${console}#logEventViewer:group=${group};stream=${encodeURIComponent(id)}` }),
  }
}

function describe(session: DescribedSession, service: Service): Json {
  const { endedAt, reason, maxMinutes } = session
  return {
    SessionId: session.id,
    Target: session.target,
    Status: session.status,
    StartDate: session.startedAt / 1_000,
    ...(endedAt === undefined ? {} : { EndDate: endedAt / 1_000 }),
    DocumentName: session.documentName,
    Owner: session.owner.arn,
    ...(reason === undefined ? {} : { Reason: reason }),
    OutputUrl: outputUrl(session.id, service),
    ...(maxMinutes === undefined ? {} : { MaxSessionDuration: String(maxMinutes) }),
    AccessType: session.accessType,
  }
}

const place = z.tuple([z.number(), z.string(), z.number(), z.string()])

function seal(scope: string, order: number, id: string, issuedAt: number): string {
  return createHash('sha256').update(`${scope}\n${order}\n${id}\n${issuedAt}`).digest('base64url').slice(0, 16)
}

function makeToken(scope: string, { order, session }: Placed, now: number): string {
  return Buffer.from(JSON.stringify([order, session.id, now, seal(scope, order, session.id, now)])).toString(
    'base64url',
  )
}

// The place of the last session of the page before; undefined for a token that was not given out, or has expired.
function readToken(scope: string, token: string, now: number): { order: number; id: string } | undefined {
  try {
    const parsed = place.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')))
    const [order, id, issuedAt, digest] = parsed
    if (digest !== seal(scope, order, id, issuedAt) || now - issuedAt > TOKEN_LIFETIME_MS) return undefined
    return { order, id }
  } catch {
    return undefined
  }
}

function pageOf(
  list: readonly Placed[],
  from: number,
  { size, isFit, isCutFirst }: { size: number; isFit: (session: DescribedSession) => boolean; isCutFirst: boolean },
): { readonly found: readonly Placed[]; readonly last: Placed | undefined } {
  if (isCutFirst) {
    const cut = list.slice(from, from + size)
    const last = from + size < list.length ? cut.at(-1) : undefined
    return { found: cut.filter(({ session }) => isFit(session)), last }
  }
  const found: Placed[] = []
  for (let at = from; at < list.length; at += 1) {
    const entry = list[at]
    if (entry === undefined || !isFit(entry.session)) continue
    if (found.length === size) return { found, last: found.at(-1) }
    found.push(entry)
  }
  return { found, last: undefined }
}

/** DescribeSessions. */
export const describeSessions = operation(
  z.object({
    State: z.enum(['Active', 'History']),
    Filters: z
      .array(z.object({ key: z.string(), value: z.string().min(1).max(400) }))
      .min(1)
      .max(7)
      .optional(),
    MaxResults: z.number().int().min(1).max(200).default(DEFAULT_PAGE),
    NextToken: z.string().optional(),
  }),
  (request, service): Answer<Json> => {
    const { describing, history } = service
    if (!service.mayDescribe()) return fault('ThrottlingException', 'Rate exceeded')
    const filters = checked(request.Filters ?? [])
    if (!Array.isArray(filters)) return filters
    const now = service.now()
    const scope = JSON.stringify(['DescribeSessions', request.State, filters])
    const after = request.NextToken === undefined ? undefined : readToken(scope, request.NextToken, now)
    if (request.NextToken !== undefined && after === undefined) {
      return fault('InvalidNextToken', 'The specified token is not valid.')
    }
    const list =
      request.State === 'History' ? history.ended(now) : inOrder([...service.activeSessions(), ...history.closing(now)])
    const page = pageOf(list, after === undefined ? 0 : countUpTo(list, after), {
      size: request.MaxResults,
      isFit: (session) => filters.every((filter) => passes(session, filter, describing.findsRoles ?? true)),
      isCutFirst: describing.hasEmptyPages ?? false,
    })
    return reply({
      Sessions: page.found.map(({ session }) => describe(session, service)),
      ...(page.last === undefined ? {} : { NextToken: makeToken(scope, page.last, now) }),
    })
  },
)
