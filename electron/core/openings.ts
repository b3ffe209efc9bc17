// Sets up the environments of the app: each is opened at its first use, and its sessions are written down before they start.
//
// The caller disposes the result.

import { settingsOf } from '../../shared/environmentsettings'
import { toWireError, type AppError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { Settings } from '../../shared/settings'
import { environmentOptions, type DoorChoice } from './choice'
import type { Ledger } from './ledger/ledger'
import { Environments } from './environments/environments'
import { createUpgradeForms, openEnvironment, type EnvironmentOptions } from './environments/open'
import { recordSessions } from './environments/records'
import type { Questions } from './questions'
import { Reasons } from './reasons'
import type { Timing } from './sessions/timing'
import type { Journal } from './store/journal'

const handOver = { command: 'culvert credentials', hasWindow: true } as const

/** The parts that all environments of the app share. */
export interface Shared extends Pick<EnvironmentOptions, 'budgets' | 'renewals' | 'askCode' | 'dataDirectory'> {
  readonly timing: Timing
  readonly ledger: Ledger
  readonly journal: Journal
  /** Asks for the reasons of sessions. */
  readonly questions: Questions
  /** The saved settings, as of now. */
  readonly settings: () => Settings
}

/**
 * Creates the set of environments. Sessions that could not be written down, sessions that may not be ended (once for each
 * environment) and environments that end become journal lines.
 */
export function openEnvironments(
  options: DoorChoice,
  { timing, ledger, journal, questions, settings, ...rest }: Shared,
): Environments {
  const shared = {
    ...rest,
    upgradeForms: createUpgradeForms(),
    askReason: new Reasons(questions).get,
    settingsOf: (name: string, region: string) => settingsOf(settings().environments, name, region),
  }
  const onUnended = (error: AppError, name: string): void => {
    journal.add({
      tone: 'idle',
      subject: { kind: 'environment', name },
      text: 'does not let Culvert end its sessions. Each stays open until the idle limit of the account ends it.',
      error: toWireError(error),
    })
  }
  const onNotice = (text: string): void => {
    journal.add({ tone: 'idle', subject: { kind: 'app' }, text })
  }
  const open = (ref: EnvironmentRef): ReturnType<typeof openEnvironment> =>
    openEnvironment(
      { ...environmentOptions(options, ref, timing), ...shared, onUnended, onNotice, handOver },
      (service, { name }) =>
        recordSessions(service, {
          environment: ref,
          name,
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
