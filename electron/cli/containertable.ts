// Containers as `culvert ls --containers` prints them: a table for people, and the lines of --json.

import type { ContainerListing } from '../../shared/ecscalls'
import { formatEcsTarget } from '../../shared/ecstarget'
import { shownName } from '../../shared/foreigntext'
import { obstaclesText } from '../../shared/execwords'
import type { Container, ContainerService } from '../../shared/model/container'
import { tableText } from './table'

/** The digits of a task's id that tell the tasks of a service apart. */
const SHORT = 8
const HEADER = ['CONTAINER', 'TASK', 'STATE', 'STARTED', 'EXEC']

function execText({ exec }: Container): string {
  return exec.kind === 'ready' ? 'ready' : obstaclesText(exec.obstacles)
}

function startedText({ startedAt }: Container): string {
  return startedAt === undefined ? '' : new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** A service that is deployed from outside of ECS may have no task definition of its own. */
function headingOf({ cluster, name, running, desired, launchType, taskDefinition }: ContainerService): string {
  const definition = taskDefinition === '' ? 'no task definition' : shownName(taskDefinition)
  return `${targetOf(cluster, name)}  ${running} of ${desired} running, ${launchType}, ${definition}`
}

/** The TARGET of a service, without control characters that could drive a terminal. */
function targetOf(cluster: string, service: string): string {
  return formatEcsTarget({ cluster: shownName(cluster), of: { service: shownName(service) } })
}

/** Groups under headings, each with the table of its containers. Services come in their order, then the tasks of no service. */
export function containersText({ services, containers }: Pick<ContainerListing, 'services' | 'containers'>): string {
  const known = new Map(services.map((service) => [service.id, headingOf(service)]))
  const groups = new Map<string, Container[]>([...known.values()].map((heading) => [heading, []]))
  for (const container of containers) {
    const { cluster, service } = container
    const heading =
      service === undefined
        ? `ecs:${shownName(cluster)}  tasks of no service`
        : (known.get(`${cluster}/${service}`) ?? targetOf(cluster, service))
    const group = groups.get(heading)
    if (group === undefined) groups.set(heading, [container])
    else group.push(container)
  }
  return [...groups].map(([heading, group]) => `${heading}\n${groupText(group)}`).join('\n')
}

function groupText(group: readonly Container[]): string {
  if (group.length === 0) return '  no tasks\n'
  const rows = group.map((container) => [
    container.name,
    // A task of no service is named in full, because only its id leads to it.
    container.service === undefined ? container.taskId : container.taskId.slice(0, SHORT),
    container.state,
    startedText(container),
    execText(container),
  ])
  return tableText(HEADER, rows, '  ')
}

/** The objects of --json: every service, then every container. */
export function containerRows({
  services,
  containers,
}: Pick<ContainerListing, 'services' | 'containers'>): readonly object[] {
  return [
    ...services.map((service) => ({ type: 'service', ...service })),
    ...containers.map((container) => ({ type: 'container', ...container })),
  ]
}
