// The palette's commands on services and containers of Amazon ECS, as far as they are listed.

import { Boxes, Timer } from 'lucide-react'
import { shownName } from '../../shared/foreigntext'
import type { Container, ContainerService } from '../../shared/model/container'
import type { Snapshot } from '../../shared/model/snapshot'
import { containerKey, serviceKey } from '../containers/listing'
import { askEphemeral, onContainer, onService, openContainerShell, openServiceShell } from '../containers/openings'
import {
  containerLabel,
  containerWords,
  isReady,
  serviceWords,
  shellBlock,
  shortTask,
  startedWords,
} from '../containers/words'
import { compareNames } from '../order'
import type { Page } from '../store'
import type { Command } from './search'

/** Shows the list of containers, with the detail of one row if it is given. */
export function showContainers(page: Page, selectedContainer?: string): void {
  page.arrange({ listPart: 'containers', selectedContainer })
  page.show('instances')
}

function serviceCommands(page: Page, service: ContainerService, containers: readonly Container[]): readonly Command[] {
  const words = serviceWords(service)
  const name = shownName(service.name)
  const through = { verb: 'New forward', run: () => page.editForward(onService(service)) }
  const detail = `service of ${shownName(service.cluster)}, ${words.word.toLowerCase()}`
  const shown: Command = {
    id: `service ${service.id}`,
    group: 'Containers',
    sign: words.tone,
    label: service.name,
    detail,
    hidden: `shell on ${service.name}\nforward through ${service.name}\n${service.taskDefinition}`,
    ...(containers.some(isReady)
      ? { verb: 'Open shell', run: () => openServiceShell(page, service), second: through }
      : { verb: 'Show why', run: () => showContainers(page, serviceKey(service)), second: through }),
  }
  if (service.ephemeralProblem !== undefined) return [shown]
  return [
    shown,
    {
      id: `ephemeral ${service.id}`,
      group: 'Containers',
      sign: Timer,
      label: `Ephemeral session like ${name}`,
      detail: shownName(service.cluster),
      verb: 'Open',
      run: () => askEphemeral(page, service),
    },
  ]
}

function containerCommand(page: Page, container: Container, nowAt: number): Command {
  const { cluster, taskId, taskDefinition, image = '', privateIp = '' } = container
  const isOpenable = shellBlock(container) === undefined
  const told = [shortTask(taskId), shownName(cluster), `running for ${startedWords(container, nowAt)}`]
  const through = { verb: 'New forward', run: () => page.editForward(onContainer(container)) }
  return {
    id: `container ${container.id}`,
    group: 'Containers',
    sign: containerWords(container).tone,
    label: containerLabel(container),
    detail: told.join(', '),
    hidden: [taskId, taskDefinition, image, privateIp].join('\n'),
    ...(isOpenable
      ? { verb: 'Open shell', run: () => openContainerShell(page, container), second: through }
      : { verb: 'Show why', run: () => showContainers(page, containerKey(container)), second: through }),
  }
}

/** The commands: each service with its ephemeral session, then the containers that run. `nowAt` is epoch ms. */
export function containerCommands(
  page: Page,
  { containers }: Pick<Snapshot, 'containers'>,
  nowAt: number,
): readonly Command[] {
  const { services, items } = containers
  const ofService = (service: ContainerService): readonly Container[] =>
    items.filter((each) => each.cluster === service.cluster && each.service === service.name)
  return [
    ...services
      .toSorted((a, b) => compareNames(a.name, b.name))
      .flatMap((service) => serviceCommands(page, service, ofService(service))),
    ...items
      .filter(({ state }) => state === 'RUNNING')
      .toSorted((a, b) => compareNames(containerLabel(a), containerLabel(b)))
      .map((container) => containerCommand(page, container, nowAt)),
    ...(services.length === 0
      ? []
      : [
          {
            id: 'refresh containers',
            group: 'Actions',
            sign: Boxes,
            label: 'Refresh containers',
            verb: 'Refresh',
            run: () => void page.ask('containers.refresh', {}),
          } as const,
        ]),
  ]
}
