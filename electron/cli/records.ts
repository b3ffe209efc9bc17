// The ledger of a command that starts sessions: each is on record before it starts and carries its mark, as in the app.
//
// The history is not read. Where the data directory takes no record, stderr says so once, and sessions start without a mark.

import { AppError } from '../../shared/errors'
import type { Opened } from '../core/environments/open'
import type { EnvironmentService } from '../core/environments/environment'
import { recordSessions } from '../core/environments/records'
import { openLedger, type Ledger } from '../core/ledger/ledger'

/** An open ledger, as far as a command needs it. Dispose it after the environment. */
export interface Records extends AsyncDisposable {
  /** Wraps the service of an environment, so that its sessions are recorded. */
  readonly wrap: (service: EnvironmentService, opened: Opened) => EnvironmentService
  /** Undefined where the data directory takes no records. */
  readonly ledger: Ledger | undefined
}

/** Opens the ledger of a data directory, which is made where it is missing. `tell` gets a sentence; it must not throw. Never rejects. */
export async function openRecords(directory: string, tell: (text: string) => void): Promise<Records> {
  let isTold = false
  const onProblem = (error: unknown): void => {
    if (isTold) return
    isTold = true
    const why = error instanceof AppError ? error.message : String(error)
    tell(
      `The session is not on record: if this command is killed, it stays open until the account's idle limit ends it. ${why}`,
    )
  }
  try {
    const ledger = await openLedger({ directory, door: 'command' })
    return {
      wrap: (service, opened) => recordSessions(service, { ...opened, ledger, onProblem }),
      ledger,
      [Symbol.asyncDispose]: () => ledger.close(),
    }
  } catch (error) {
    onProblem(error)
    return { wrap: (service) => service, ledger: undefined, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
}
