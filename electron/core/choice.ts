// Chooses the environment to show first and the options to open one with, from the door's command line and the saved settings.

import type { EnvironmentRef } from '../../shared/model/environment'
import type { EnvironmentOptions } from './environments/open'
import type { Timing } from './sessions/timing'

/** The environment options of a door's command line. Each environment gets the part that concerns it. */
export type DoorChoice = Omit<EnvironmentOptions, 'budgets'>

/** The inputs of the choice, beside the door's options. */
export interface FirstChoice {
  /** The environment shown last. */
  readonly last: EnvironmentRef | undefined
  /** Whether this computer is set up for AWS. */
  readonly hasSetup: () => Promise<boolean>
}

/** The environment to show first: the one that was asked for, else the last one, else what this computer is set up for. */
export async function firstEnvironment(options: DoorChoice, { last, hasSetup }: FirstChoice): Promise<EnvironmentRef> {
  const { demo, profile, region, endpointUrl } = options
  if (demo === true) return { kind: 'demo' }
  const isNamed = profile !== undefined || region !== undefined || endpointUrl !== undefined
  if (!isNamed && last !== undefined) return last
  if (!isNamed && !(await hasSetup())) return { kind: 'demo' }
  return {
    kind: 'aws',
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
  }
}

/** How `ref` is opened. The door's endpoints apply to every AWS environment. */
export function environmentOptions(options: DoorChoice, ref: EnvironmentRef, timing: Timing): DoorChoice {
  const { env, spawnDemo, endpointUrl, messageEndpoint, resolveProxy, diagnose } = options
  const common = { env, spawnDemo, timing, ...(diagnose === undefined ? {} : { diagnose }) }
  if (ref.kind === 'demo') return { ...common, demo: true }
  const { profile, region } = ref
  return {
    ...common,
    ...(resolveProxy === undefined ? {} : { resolveProxy }),
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(messageEndpoint === undefined ? {} : { messageEndpoint }),
  }
}
