// What a person does with a service or a container: a shell, a forward, an ephemeral session, another command. Rows, details, keys and
// the palette share it.

import { environmentId, settingsOf, withSettings } from '../../shared/environmentsettings'
import type { Container, ContainerService } from '../../shared/model/container'
import type { EnvironmentView } from '../../shared/model/environment'
import type { ForwardTarget } from '../../shared/model/forward'
import type { TerminalView } from '../../shared/model/terminal'
import type { AllEnvironmentSettings } from '../../shared/environmentsettings'
import type { Page } from '../store'
import { containerLabel, containerTarget, serviceTarget } from './words'

/** The command of a shell where nothing else was chosen. */
export const DEFAULT_COMMAND = '/bin/sh'

/** The target of shells and forwards on a service: one of its tasks is chosen. */
export function onService(service: ContainerService, container?: string): ForwardTarget {
  return { kind: 'ecs', target: serviceTarget(service, container) }
}

/** The target of shells and forwards on exactly this container. */
export function onContainer(container: Container): ForwardTarget {
  return { kind: 'ecs', target: containerTarget(container) }
}

/** Opens a shell in one of a service's tasks. */
export function openServiceShell(page: Page, service: ContainerService): void {
  page.openTarget(onService(service), service.name)
}

/** Opens a shell in this container. */
export function openContainerShell(page: Page, container: Container): void {
  page.openTarget(onContainer(container), containerLabel(container))
}

/** Asks for an ephemeral session like the tasks of a service. */
export function askEphemeral(page: Page, { cluster, name }: ContainerService, container?: string): void {
  const fields = { cluster, service: name, ...(container === undefined ? {} : { container }) }
  page.arrange({ containerDialog: { kind: 'ephemeral', fields } })
}

/** Asks for the command of the shells in a service. */
export function askCommand(page: Page, cluster: string, service: string, container?: string): void {
  const of = container === undefined ? {} : { container }
  page.arrange({ containerDialog: { kind: 'run', cluster, service, ...of } })
}

type Place = Pick<EnvironmentView, 'name' | 'region'>

/** The command of the shells in a service of an environment. */
export function commandOf(all: AllEnvironmentSettings, { name, region }: Place, serviceId: string): string {
  const commands = settingsOf(all, name, region).containerCommands ?? {}
  return (Object.hasOwn(commands, serviceId) ? commands[serviceId] : undefined) ?? DEFAULT_COMMAND
}

/** All settings with another command for a service. The usual command is not stored. */
export function withCommand(
  all: AllEnvironmentSettings,
  { name, region }: Place,
  choice: { readonly serviceId: string; readonly command: string },
): AllEnvironmentSettings {
  const { serviceId, command } = choice
  const before = Object.entries(settingsOf(all, name, region).containerCommands ?? {})
  const others = before.filter(([id]) => id !== serviceId)
  const commands = command === DEFAULT_COMMAND ? others : [...others, [serviceId, command] as const]
  return withSettings(all, environmentId(name, region), { containerCommands: Object.fromEntries(commands) })
}

/** A program that a container lacks, as the exec agent says it. */
const NO_PROGRAM = /unable to start command.*(no such file or directory|executable file not found|permission denied)/is

/** The container in which the command of an ended shell could not be started, if it is listed and belongs to a service. */
export function lacksCommand(
  { instance, ephemeral, state }: Pick<TerminalView, 'instance' | 'ephemeral' | 'state'>,
  containers: readonly Container[],
): { readonly cluster: string; readonly service: string; readonly name: string } | undefined {
  if (ephemeral !== undefined || state.kind !== 'ended') return undefined
  if (!NO_PROGRAM.test(`${state.text} ${state.error?.message ?? ''}`)) return undefined
  const found = containers.find(({ target }) => target === instance.id)
  if (found?.service === undefined) return undefined
  const { cluster, service, name } = found
  return { cluster, service, name }
}
