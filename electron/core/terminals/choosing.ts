// Chooses the host of a session of a terminal, and opens the session there.

import type { Environment } from '../environments/environment'
import type { TerminalView } from '../../../shared/model/terminal'
import type { Shell } from '../sessions/shell'
import type { ChosenHost, ShellOpening, TerminalPlace } from './parts'

/** The host of a session. Its system is absent where it is not known. */
type SessionHost = Pick<ChosenHost, 'id' | 'name'> & Partial<ChosenHost>

/** Chooses from the set, if the place is one. Resolves with the system of the host, if known, and what its saved target says. */
export async function chooseHost(
  { set, platform, instance }: TerminalPlace,
  environment: Environment,
  signal: AbortSignal,
): Promise<SessionHost> {
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

/** Opens the session: on the host, or in a task of its own where the place says so. Rejects as `openShell` does. */
export function openAt(
  { ephemeral }: TerminalPlace,
  { id, name, platform, document, exec }: SessionHost,
  { environment, ...options }: ShellOpening & { readonly environment: Environment },
): Promise<Shell> {
  if (ephemeral !== undefined) return ephemeral.open(environment, options)
  const { changed: _changed, ...common } = options
  return environment.openShell({
    target: id,
    ...(platform === undefined ? {} : { platform }),
    ...(document === undefined ? {} : { document }),
    ...(exec === undefined ? {} : { exec }),
    ...(name === '' ? {} : { about: { targetName: name } }),
    ...common,
  })
}
