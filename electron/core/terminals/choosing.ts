// Chooses the host of a session of a terminal.

import type { Environment } from '../environments/environment'
import type { TerminalView } from '../../../shared/model/terminal'
import type { ChosenHost, TerminalPlace } from './parts'

/** Chooses from the set, if the place is one. Resolves with the system of the host, if known, and what its saved target says. */
export async function chooseHost(
  { set, platform, instance }: TerminalPlace,
  environment: Environment,
  signal: AbortSignal,
): Promise<Pick<ChosenHost, 'id' | 'name'> & Partial<ChosenHost>> {
  if (set === undefined) {
    const known = platform?.()
    return { ...instance, ...(known === undefined ? {} : { platform: known }) }
  }
  const host = await set.choose(environment, signal)
  signal.throwIfAborted()
  return host
}

/** What the view tells of the set that hosts are chosen from: a service of containers is one. */
export function targetOf(set: TerminalPlace['set']): Pick<TerminalView, 'target' | 'container'> {
  if (set === undefined) return {}
  const { target } = set
  return { target, ...(target.kind === 'ecs' ? { container: target.target } : {}) }
}
