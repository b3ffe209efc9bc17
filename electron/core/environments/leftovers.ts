// Ends the sessions that an earlier run of Culvert has left open after a crash, a kill or a power cut.
//
// A session that cannot be ended now (no network, no login) stays in the record and is tried again. Its entry is deleted where this
// caller may not end it, and after a day, because no session without a client lives that long.

import { AppError, toWireError } from '../../../shared/errors'
import type { Environments } from './environments'
import { isMarked } from './records'
import { Pause } from '../sessions/resume/retry'
import type { Journal } from '../store/journal'
import type { Ledger, LedgerEntry } from '../store/begun'

/** The service's idle limit ends a session without a client within an hour; its longest life is a day. */
const LET_GO_MS = 24 * 3_600_000
const AGAIN_MS = 10 * 60_000

/** What ending leftovers needs. */
export interface LeftoverOptions {
  readonly ledger: Ledger
  readonly environments: Environments
  readonly journal: Journal
  readonly now: () => number
  /** An abort ends the attempts. */
  readonly signal: AbortSignal
}

/** Ends the leftover sessions, writes their number to the journal, and tries the rest again every ten minutes. Never rejects. */
export async function endLeftovers(options: LeftoverOptions): Promise<void> {
  const pause = new Pause()
  let left = options.ledger.leftovers
  for (let attempt = 1; left.length > 0 && !options.signal.aborted; attempt += 1) {
    left = await endAll(left, attempt, options)
    if (left.length > 0) await pause.wait(AGAIN_MS, options.signal)
  }
}

async function endAll(
  entries: readonly LedgerEntry[],
  attempt: number,
  options: LeftoverOptions,
): Promise<readonly LedgerEntry[]> {
  const { ledger, journal, signal, now } = options
  const left: LedgerEntry[] = []
  let ended = 0
  let why: unknown
  for (const entry of entries) {
    try {
      ended += await endOne(entry, options)
    } catch (error) {
      // `onUnended` of the environment has told of a session that may not be ended.
      const isDenied = entry.sessionId !== undefined && error instanceof AppError && error.code === 'access-denied'
      if (!isDenied && now() - entry.startedAt < LET_GO_MS) {
        why = error
        left.push(entry)
        continue
      }
    }
    await ledger
      .ended(entry.id)
      .catch(() => undefined /* the entry is tried again at the next start, which does no harm */)
  }
  if (signal.aborted) return []
  if (ended > 0) {
    const sessions = ended === 1 ? '1 session' : `${ended} sessions`
    journal.add({ tone: 'idle', subject: { kind: 'app' }, text: `Ended ${sessions} left open by an earlier run.` })
  }
  if (left.length > 0 && attempt === 1) {
    const sessions = left.length === 1 ? '1 session' : `${left.length} sessions`
    journal.add({
      tone: 'waiting',
      subject: { kind: 'app' },
      text: `${sessions} of an earlier run could not be ended yet. Culvert tries again every 10 minutes.`,
      error: toWireError(why),
    })
  }
  return left
}

/** Ends the session of one entry; resolves with the number of sessions that were ended. */
async function endOne(entry: LedgerEntry, { environments, signal }: LeftoverOptions): Promise<number> {
  // The Demo's sessions have ended with its process.
  if (entry.environment.kind === 'demo') return 0
  const environment = await environments.get(entry.environment)
  signal.throwIfAborted()
  if (entry.sessionId !== undefined) {
    await environment.endSession(entry.sessionId, signal)
    return 1
  }
  const active = await environment.activeSessions(entry.target, signal)
  const marked = active.filter(({ reason }) => isMarked(reason, entry.id))
  for (const { sessionId } of marked) await environment.endSession(sessionId, signal)
  return marked.length
}
