// Where a terminal is: its environment, opened when it is needed, and its instance as the shown list knows it.

import type { EnvironmentRef } from '../../shared/model/environment'
import type { TerminalView } from '../../shared/model/terminal'
import type { Environments } from './environments/environments'
import type { ShownEnvironment } from './shown'
import type { TerminalPlace } from './terminals/running'

/** What a place is made from. `environmentName` absent: the environment's own. */
export interface Placed {
  readonly environment: EnvironmentRef
  readonly environmentName?: string
  readonly instance: TerminalView['instance']
}

/** Makes the place of a terminal. Opens nothing. */
export function placeOf(
  { environments, shown }: { readonly environments: Environments; readonly shown: ShownEnvironment },
  { environment: ref, environmentName = environments.nameOf(ref), instance }: Placed,
): TerminalPlace {
  return {
    ref,
    environmentName,
    environment: () => environments.get(ref),
    instance,
    platform: () => shown.findIn(ref, instance.id)?.platform,
  }
}
