// Composes the sessions of accounts: what their lists read of environments, forwards, terminals and the ledger.

import { AccountSessions } from './accountsessions/accountsessions'
import { Canceling } from './accountsessions/canceling'
import type { OwnRecords } from './accountsessions/holder'
import { carriedSessions } from './carried'
import { environmentKey, type Environments } from './environments/environments'
import type { Forwards } from './forwards/forwards'
import type { ShownEnvironment } from './shown'
import type { Journal } from './store/journal'
import type { Terminals } from './terminals/terminals'

/** Composes them. The caller disposes the result. */
export function openAccountSessions(parts: {
  readonly environments: Environments
  readonly shown: ShownEnvironment
  readonly forwards: Forwards
  readonly terminals: Terminals
  readonly journal: Journal
  readonly authorizer: { revoke(recordId: string): boolean }
  readonly records: OwnRecords
  readonly now: () => number
  /** Aborted at the end of the app. */
  readonly signal: AbortSignal
}): AccountSessions {
  const { environments, shown, forwards, terminals, journal, authorizer, records, now, signal } = parts
  return new AccountSessions({
    environment: (ref) => environments.get(ref),
    nameOf: (ref) => environments.nameOf(ref),
    instancesOf: (ref) => {
      const isListed = environmentKey(ref) === environmentKey(shown.view.ref) && shown.instances.listedAt !== undefined
      return isListed ? shown.instances.items : undefined
    },
    records,
    carried: () => carriedSessions({ forwards, terminals }),
    canceling: new Canceling(),
    journal,
    openEnvironments: () => environments.open,
    turnOff: async ({ kind, id }) => {
      if (kind === 'forward') await forwards.stop(id)
    },
    revoke: (recordId) => Promise.resolve(authorizer.revoke(recordId)),
    now,
    signal,
  })
}
