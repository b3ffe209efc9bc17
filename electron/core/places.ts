// Where a terminal is: its environment, opened when it is needed, and its instance as the shown list knows it, or the set that its
// host is chosen from.

import { isEcsText } from '../../shared/ecstarget'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { ForwardTarget } from '../../shared/model/forward'
import type { TerminalView } from '../../shared/model/terminal'
import { savedDocument } from './authorizations/fromtarget'
import { execOf } from './environments/execof'
import type { Environment } from './environments/environment'
import type { Environments } from './environments/environments'
import type { FoundHost } from './environments/finding'
import type { ShownEnvironment } from './shown'
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
}

/** Makes the place of a terminal. Opens nothing. */
export function placeOf(
  { environments, shown }: PlaceParts,
  { environment: ref, environmentName = environments.nameOf(ref), instance, ...placed }: Placed,
): TerminalPlace {
  const target = placed.target ?? containerTarget(instance.id)
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
            choose: async (environment, signal) => {
              const found = await hostOf(target, environment, signal)
              const { instance, saved } = found
              const exec = execOf(found, environment)
              const document = savedDocument(saved, 'shell')
              const minutes = saved?.maxDurationMinutes
              return {
                ...instance,
                ...(document === undefined ? {} : { document }),
                ...(exec === undefined ? {} : { exec }),
                ...(minutes === undefined ? {} : { allowed: { by: saved?.name ?? '', ms: minutes * 60_000 } }),
              }
            },
          },
        }),
  }
}

/** A container that is named by what Systems Manager knows it by. */
function containerTarget(id: string): ForwardTarget | undefined {
  return isEcsText(id) ? { kind: 'ecs', target: id } : undefined
}

/** Finds the host of a session. A Name is looked up each time. */
async function hostOf(target: ForwardTarget, environment: Environment, signal: AbortSignal): Promise<FoundHost> {
  switch (target.kind) {
    case 'id':
      return environment.findHost(target.instanceId, {}, signal)
    case 'name':
      return environment.findHost(target.name, {}, signal)
    case 'ecs':
      return environment.findHost(target.target, {}, signal)
    case 'set':
    case 'saved':
      return environment.findHostIn(target, {}, signal)
  }
}
