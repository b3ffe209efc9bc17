// What a pane asks the core for when it opens its terminal: a shell on an instance, on a host of a set or in a container, or an ephemeral
// session. Also what a new session beside a pane is on.

import type { Link } from '../../shared/api'
import type { Container } from '../../shared/model/container'
import type { TerminalSize } from '../../shared/model/terminal'
import { formatEcsTarget } from '../../shared/ecstarget'
import type { Place } from './panes'

const MAX_NAME_CHARACTERS = 256

/** Asks for the terminal of a pane. Rejects with an `AppError`. */
export function askForTerminal(
  request: Link['request'],
  { instance, target, ephemeral, environment }: Place,
  size: TerminalSize,
): Promise<{ readonly terminalId: string }> {
  if (ephemeral !== undefined) return request('ephemeral.open', { ...ephemeral, environment, ...size })
  const named = instance.name === '' ? {} : { instanceName: instance.name.slice(0, MAX_NAME_CHARACTERS) }
  const on = target === undefined ? { instanceId: instance.id } : { target }
  return request('terminal.open', { ...on, environment, ...named, ...size })
}

/**
 * The place of another session beside a pane's: on the same host, once one was chosen from a set, and in the same container while it is
 * listed. A container that is not listed is chosen again from its service.
 */
export function besidePlace(place: Place, containers: readonly Container[]): Place {
  const { instance, target, environment, environmentName } = place
  const there = { instance, environment, environmentName }
  if (target?.kind === 'ecs') {
    const same = containers.find((container) => container.target === instance.id)
    if (same === undefined) return { ...there, target }
    const { cluster, taskId, name } = same
    return { ...there, target: { kind: 'ecs', target: formatEcsTarget({ cluster, of: { taskId }, container: name }) } }
  }
  return target === undefined || instance.id !== '' ? there : { ...there, target }
}
