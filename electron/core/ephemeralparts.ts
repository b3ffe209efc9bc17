// The ephemeral sessions of the app, and the tasks that an earlier run has left.

import { Ephemerals, type EphemeralsOptions } from './ephemeral/ephemerals'
import { Holdings } from './ephemeral/holdings'
import { endLeftTasks } from './ephemeral/leftovers'
import { ephemeralTimingFrom } from './ephemeral/timing'

/** What they are made from. */
export interface EphemeralParts extends Omit<EphemeralsOptions, 'holdings' | 'timing'> {
  readonly dataDirectory: string
  readonly env: NodeJS.ProcessEnv
}

/** Makes them. `endLeft` ends the tasks of dead processes of this computer, and never rejects. */
export function openEphemerals({ dataDirectory, env, ...options }: EphemeralParts): {
  readonly ephemerals: Ephemerals
  readonly endLeft: () => Promise<void>
} {
  const holdings = new Holdings(dataDirectory, 'app')
  const { environments, journal, signal } = options
  return {
    ephemerals: new Ephemerals({ ...options, holdings, timing: ephemeralTimingFrom(env) }),
    endLeft: () => endLeftTasks({ holdings, environments, journal, signal }),
  }
}
