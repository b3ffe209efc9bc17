// The menus of a service and of a container: every action on it, with the reason where one is not possible.

import { ArrowLeftRight, Copy, PanelRight, SquareChevronRight, SquareTerminal, Terminal, Timer } from 'lucide-react'
import type { Container, ContainerService } from '../../shared/model/container'
import type { MenuEntry } from '../parts/floats/Menu'
import type { Page } from '../store'
import { containerKey, serviceKey } from './listing'
import {
  askCommand,
  askEphemeral,
  commandOf,
  onContainer,
  onService,
  openContainerShell,
  openServiceShell,
} from './openings'
import { containerTarget, execCommand, serviceTarget, shellBlock } from './words'

function copy(page: Page, text: string, what: string): void {
  navigator.clipboard.writeText(text).then(
    () => page.announce(`Copied ${what}.`),
    () =>
      page.toast({
        tone: 'failed',
        title: 'Not copied.',
        text: 'The browser denied access to the clipboard. Open the details and select the text there.',
      }),
  )
}

/** A reason of a menu: without the full stop, and short enough for one line. */
function short(reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : 'see the details'
}

/** The menu of a service. `ready`: the container that a shell would be opened in. */
export function serviceEntries(
  page: Page,
  service: ContainerService,
  ready: Container | undefined,
): readonly MenuEntry[] {
  const key = serviceKey(service)
  const blocked = ready === undefined ? 'no container can be reached' : undefined
  return [
    {
      label: 'Show details',
      icon: PanelRight,
      keys: ['Space'],
      onSelect: () => page.arrange({ selectedContainer: key }),
    },
    { line: true },
    {
      label: 'Shell',
      icon: SquareTerminal,
      keys: ['Enter'],
      reason: blocked,
      onSelect: () => openServiceShell(page, service),
    },
    {
      label: 'Run…',
      icon: SquareChevronRight,
      reason: blocked,
      onSelect: () => askCommand(page, service.cluster, service.name),
    },
    {
      label: 'New forward',
      icon: ArrowLeftRight,
      keys: ['F'],
      onSelect: () => page.editForward(onService(service)),
    },
    {
      label: 'Ephemeral session…',
      icon: Timer,
      keys: ['E'],
      reason: short(service.ephemeralProblem),
      onSelect: () => askEphemeral(page, service),
    },
    { line: true },
    { label: 'Copy TARGET', icon: Copy, onSelect: () => copy(page, serviceTarget(service), 'the TARGET') },
  ]
}

/** The menu of a container. */
export function containerEntries(page: Page, container: Container): readonly MenuEntry[] {
  const { cluster, service, name } = container
  const blocked = short(shellBlock(container))
  const { snapshot } = page.store.getState()
  const command =
    snapshot === undefined || service === undefined
      ? undefined
      : commandOf(snapshot.settings.environments, snapshot.environment, `${cluster}/${service}`)
  const aws = execCommand(container, command ?? '/bin/sh')
  return [
    {
      label: 'Show details',
      icon: PanelRight,
      keys: ['Space'],
      onSelect: () => page.arrange({ selectedContainer: containerKey(container) }),
    },
    { line: true },
    {
      label: 'Shell',
      icon: SquareTerminal,
      keys: ['Enter'],
      reason: blocked,
      onSelect: () => openContainerShell(page, container),
    },
    {
      label: 'Run…',
      icon: SquareChevronRight,
      reason: service === undefined ? 'remembered for services only' : blocked,
      onSelect: () => service !== undefined && askCommand(page, cluster, service, name),
    },
    {
      label: 'New forward',
      icon: ArrowLeftRight,
      keys: ['F'],
      onSelect: () => page.editForward(onContainer(container)),
    },
    { line: true },
    { label: 'Copy TARGET', icon: Copy, onSelect: () => copy(page, containerTarget(container), 'the TARGET') },
    {
      label: 'Copy AWS command',
      icon: Terminal,
      reason: aws === undefined ? 'its name is not usual' : undefined,
      onSelect: () => aws !== undefined && copy(page, aws, 'the command'),
    },
  ]
}
