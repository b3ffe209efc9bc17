// Brings back what ran when the earlier run of Culvert ended: forwards are turned on, terminals are shown as ended.

import type { Environments } from './environments/environments'
import type { Forwards } from './forwards/forwards'
import type { ShownEnvironment } from './shown'
import type { LastRunData } from './store/lastrunfile'
import type { Terminals } from './terminals/terminals'

/** The parts that are brought back. */
export interface Restored {
  readonly environments: Environments
  readonly shown: ShownEnvironment
  readonly forwards: Forwards
  readonly terminals: Terminals
}

/** Turns on the forwards that were on, and shows the terminals that were open. */
export function restoreLast({ environments, shown, forwards, terminals }: Restored, before: LastRunData): void {
  forwards.restore()
  terminals.restore(
    before.terminals.map(({ instance, environment: ref, environmentName }) => ({
      instance,
      ref,
      environmentName,
      environment: () => environments.get(ref),
      platform: () => shown.findIn(ref, instance.id)?.platform,
    })),
  )
}
