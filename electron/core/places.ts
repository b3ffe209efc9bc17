// Where a terminal is: its environment, opened when it is needed, and its instance as the shown list knows it, or the set that its
// host is chosen from.

import type { EnvironmentRef } from '../../shared/model/environment'
import type { ForwardTarget } from '../../shared/model/forward'
import type { TerminalView } from '../../shared/model/terminal'
import type { Environments } from './environments/environments'
import type { ShownEnvironment } from './shown'
import type { SavedTargets } from './targets/targets'
import type { TerminalPlace } from './terminals/parts'

/** What a place is made from. `environmentName` absent: the environment's own. */
export interface Placed {
  readonly environment: EnvironmentRef
  readonly environmentName?: string
  /** With `target`: the host of the session before, or "" and the label of the set. */
  readonly instance: TerminalView['instance']
  readonly target?: ForwardTarget
}

/** What places need of the core. */
export interface PlaceParts {
  readonly environments: Environments
  readonly shown: ShownEnvironment
  readonly targets: SavedTargets
}

/** Makes the place of a terminal. Opens nothing. */
export function placeOf(
  { environments, shown, targets }: PlaceParts,
  { environment: ref, environmentName = environments.nameOf(ref), instance, target }: Placed,
): TerminalPlace {
  return {
    ref,
    environmentName,
    environment: () => environments.get(ref),
    instance,
    platform: () => shown.findIn(ref, instance.id)?.platform,
    ...(target === undefined
      ? {}
      : {
          set: {
            target,
            choose: (environment, signal) => environment.resolveTarget(targetText(target, targets), signal),
          },
        }),
  }
}

function targetText(target: ForwardTarget, targets: SavedTargets): string {
  switch (target.kind) {
    case 'id':
      return target.instanceId
    case 'name':
      return target.name
    case 'set':
      return target.hostId ?? target.set.hosts
    case 'saved':
      return targets.get(target.targetId).set.hosts
  }
}
