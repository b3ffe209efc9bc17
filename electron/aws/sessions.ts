// The sessions of a target that have not ended, as Systems Manager lists them.
//
// Owns: every page, and the filter. Does not own: the call (calls.ts), and what the reasons mean.

import type { DescribeSessionsCommandOutput } from '@aws-sdk/client-ssm'
import { everyPage } from './pages'

/** The largest page that the service gives. */
const PAGE = 200

/** Asks for one page of sessions. */
export type DescribeSessions = (input: {
  readonly State: 'Active'
  readonly Filters: { key: 'Target'; value: string }[]
  readonly MaxResults: number
  readonly NextToken?: string
}) => Promise<DescribeSessionsCommandOutput>

/** Lists the active sessions to `target`, whoever started them; `reason` is "" where none was given. Throws as the call does. */
export function listActiveSessions(
  target: string,
  describe: DescribeSessions,
): Promise<{ sessionId: string; reason: string }[]> {
  return everyPage(async (token) => {
    const answer = await describe({
      State: 'Active',
      Filters: [{ key: 'Target', value: target }],
      MaxResults: PAGE,
      ...token,
    })
    const items = (answer.Sessions ?? []).flatMap(({ SessionId: sessionId, Reason: reason = '' }) =>
      sessionId === undefined ? [] : [{ sessionId, reason }],
    )
    return { items, next: answer.NextToken }
  })
}
