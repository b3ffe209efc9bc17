// The sessions of a target that have not ended, as Systems Manager lists them.
//
// Owns: the pages, the filter, and how long their texts may be. Does not own: the call (calls.ts), and what the reasons mean.

import { cutText } from '../../shared/cut'
import type { DescribeSessionsCommandOutput } from '@aws-sdk/client-ssm'
import { everyPage } from './pages'

/** The largest page that the service gives. */
const PAGE = 200

/** An instance has some dozens at once. */
const MAX_SESSIONS = 10_000

/** The service's own limits: an id of 96 characters, a reason of 256. Source: Systems Manager API reference, "Session". */
const MAX_ID = 96
const MAX_REASON = 256

/** Asks for one page of sessions. */
export type DescribeSessions = (input: {
  readonly State: 'Active'
  readonly Filters: { key: 'Target'; value: string }[]
  readonly MaxResults: number
  readonly NextToken?: string
}) => Promise<DescribeSessionsCommandOutput>

/** Lists the active sessions to `target`, of every user; `reason` is "" where none was given. Throws as the call does. */
export async function listActiveSessions(
  target: string,
  describe: DescribeSessions,
): Promise<{ sessionId: string; reason: string }[]> {
  const { items } = await everyPage<{ sessionId: string; reason: string }>({
    maxItems: MAX_SESSIONS,
    sizeOf: ({ sessionId, reason }) => sessionId.length + reason.length,
    ask: async (token) => {
      const answer = await describe({
        State: 'Active',
        Filters: [{ key: 'Target', value: target }],
        MaxResults: PAGE,
        ...token,
      })
      const sessions = (answer.Sessions ?? []).flatMap(({ SessionId: sessionId, Reason: reason = '' }) =>
        sessionId === undefined || sessionId.length > MAX_ID
          ? []
          : [{ sessionId, reason: cutText(reason, MAX_REASON) }],
      )
      return { items: sessions, next: answer.NextToken }
    },
  })
  return items
}
