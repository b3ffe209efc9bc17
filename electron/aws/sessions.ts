// The sessions of a target that have not ended: what the next start needs to find the sessions of a crash.

import { DescribedPages, type DescribeSessions } from './sessionpages'

/** An instance has some dozens at once. */
const MAX_SESSIONS = 10_000

/** Lists the active sessions to `target`, of every user; `reason` is "" where none was given. Rejects as the call does. */
export async function listActiveSessions(
  target: string,
  describe: DescribeSessions,
  signal: AbortSignal,
): Promise<{ sessionId: string; reason: string }[]> {
  const sessions: { sessionId: string; reason: string }[] = []
  const pages = new DescribedPages({ state: 'Active', target }, describe)
  while (!pages.isDone && sessions.length < MAX_SESSIONS)
    for (const { sessionId, reason } of await pages.next(signal)) sessions.push({ sessionId, reason })
  return sessions
}
