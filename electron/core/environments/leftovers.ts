// Ends the sessions that dead processes of this installation have left open, the app's and command lines', after a crash, a kill or a
// power cut. A session of another installation, and one that a living process has on record, is never ended.
//
// A session that cannot be ended now (no network, no login) stays in the record and is tried again. Its entry is deleted where this
// caller may not end it, and after a day, because no session without a client lives that long.

import { AppError, toWireError } from '../../../shared/errors'
import { markOf } from '../../../shared/sessionmark'
import type { Ledger } from '../ledger/ledger'
import type { OpenSession } from '../ledger/opensessions'
import type { Environments } from './environments'
import { Pause } from '../sessions/resume/retry'
import type { Journal } from '../store/journal'

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
  entries: readonly OpenSession[],
  attempt: number,
  options: LeftoverOptions,
): Promise<readonly OpenSession[]> {
  const { ledger, journal, signal, now } = options
  const left: OpenSession[] = []
  let ended = 0
  let why: unknown
  for (const entry of entries) {
    try {
      ended += await endOne(entry, options)
      await letGo(entry.id, ledger)
    } catch (error) {
      // `onUnended` of the environment has told of a session that may not be ended.
      const isDenied = entry.sessionId !== undefined && error instanceof AppError && error.code === 'access-denied'
      if (!isDenied && now() - entry.startedAt < LET_GO_MS) {
        why = error
        left.push(entry)
      } else await letGo(entry.id, ledger)
    }
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

/** Takes an entry off the record. One whose session was ended is off it already. */
function letGo(id: string, ledger: Ledger): Promise<void> {
  return ledger.letGo(id).catch(() => undefined /* tried again at the next start, which does no harm */)
}

/** Ends the session of one entry; resolves with the number of sessions that were ended. */
async function endOne(entry: OpenSession, { ledger, environments, signal }: LeftoverOptions): Promise<number> {
  // The Demo's sessions have ended with its process.
  if (entry.environment.kind === 'demo') return 0
  const environment = await environments.get(entry.environment)
  signal.throwIfAborted()
  const end = async (record: string, sessionId: string): Promise<void> => {
    ledger.note(record, 'canceling')
    await environment.endSession(sessionId, signal)
    await ledger.terminated(record).catch(() => undefined /* tried again at the next start, which does no harm */)
  }
  if (entry.sessionId !== undefined) {
    await end(entry.id, entry.sessionId)
    return 1
  }
  let ended = 0
  for (const { sessionId, reason } of await environment.activeSessions(entry.target, signal)) {
    const record = await leftRecordOf(reason, entry, ledger)
    if (record === undefined) continue
    await ledger.started(record, sessionId).catch(() => undefined /* it is about to end */)
    await end(record, sessionId)
    ended += 1
  }
  return ended
}

/** The record of a session with this reason, if a dead process of this installation has left it. */
async function leftRecordOf(reason: string, entry: OpenSession, ledger: Ledger): Promise<string | undefined> {
  const mark = markOf(reason)
  if (mark === undefined) return undefined
  const { installation, record } = mark
  // A mark of an older Culvert has no installation: it counts for the record itself.
  if (installation === undefined) return record === entry.id ? record : undefined
  return installation === ledger.installation && !(await ledger.isLiving(record)) ? record : undefined
}
