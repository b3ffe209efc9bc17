// The environments of the app: opened at their first use, with every session written down before it starts.
//
// Owns nothing: the caller disposes what is returned.

import { toWireError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import { environmentOptions, type DoorChoice } from './choice'
import { Environments } from './environments/environments'
import { openEnvironment, type EnvironmentOptions } from './environments/open'
import { recordSessions } from './environments/records'
import type { Timing } from './sessions/timing'
import type { Ledger } from './store/begun'
import type { Journal } from './store/journal'

/** What all environments of the app share. */
export interface Shared extends Pick<EnvironmentOptions, 'budgets' | 'renewals' | 'askCode'> {
  readonly timing: Timing
  readonly ledger: Ledger
  readonly journal: Journal
}

/** The environments that a door with these options can show. What goes wrong behind them becomes lines of the journal. */
export function openEnvironments(options: DoorChoice, { timing, ledger, journal, ...shared }: Shared): Environments {
  const open = (ref: EnvironmentRef): ReturnType<typeof openEnvironment> =>
    openEnvironment({ ...environmentOptions(options, ref, timing), ...shared }, (service) =>
      recordSessions(service, ref, {
        ledger,
        onProblem: (problem) =>
          journal.add({
            tone: 'failed',
            subject: { kind: 'app' },
            text: 'A session could not be written down. A crash would leave it open.',
            error: toWireError(problem),
          }),
      }),
    )
  return new Environments(open, ({ name }, cause) =>
    journal.add({
      tone: 'failed',
      subject: { kind: 'environment', name },
      text: 'has ended by itself.',
      error: toWireError(cause),
    }),
  )
}
