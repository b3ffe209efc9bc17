// What the instance field offers of Amazon ECS: services, one of whose tasks is chosen, and single containers. Pure.

import { ecsTargetProblem, isEcsText, parseEcsTarget } from '../../../../shared/ecstarget'
import type { Container, ContainerList, ContainerService } from '../../../../shared/model/container'
import {
  containerLabel,
  containerTarget,
  containerWords,
  serviceTarget,
  serviceWords,
  shortTask,
} from '../../../containers/words'
import { compareNames } from '../../../order'
import type { Choice, Choices } from './choices'

/** The listed services and containers of the forward's environment. */
export type OfferedContainers = Pick<ContainerList, 'services' | 'items'>

const MAX_CHOICES = 40

/** "2 of 3 tasks run": how many tasks of a service a forward can go through now. */
export function tasksWords(of: Pick<ContainerService, 'cluster' | 'name'>, items: readonly Container[]): string {
  const tasks = new Map<string, boolean>()
  for (const { cluster, service, taskId, state } of items) {
    if (cluster === of.cluster && service === of.name)
      tasks.set(taskId, tasks.get(taskId) === true || state === 'RUNNING')
  }
  const running = [...tasks.values()].filter(Boolean).length
  return tasks.size === 0
    ? 'no task now'
    : `${running} of ${tasks.size} ${tasks.size === 1 ? 'task runs' : 'tasks run'}`
}

function serviceChoice(service: ContainerService, items: readonly Container[]): Choice {
  return {
    target: { kind: 'ecs', target: serviceTarget(service) },
    label: service.name,
    id: '',
    words: serviceWords(service),
    counts: `service of ${service.cluster}, ${tasksWords(service, items)}`,
  }
}

function containerChoice(container: Container): Choice {
  return {
    target: { kind: 'ecs', target: containerTarget(container) },
    label: containerLabel(container),
    id: '',
    words: containerWords(container),
    counts: `task ${shortTask(container.taskId)}`,
  }
}

/** The offers for a typed text: the services that contain every word, running containers once something is typed, and a TARGET as typed. */
export function chooseContainers({ services, items }: OfferedContainers, text: string): Choices {
  const typed = text.trim()
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const isFound = (found: readonly string[]): boolean => {
    const all = found.join('\n').toLowerCase()
    return words.every((word) => all.includes(word))
  }
  const offered = [
    ...services
      .filter((service) => isFound([service.name, service.cluster, serviceTarget(service)]))
      .toSorted((a, b) => compareNames(a.name, b.name))
      .map((service) => serviceChoice(service, items)),
    ...(words.length === 0 ? [] : items)
      .filter((each) => each.state === 'RUNNING')
      .filter((each) => isFound([containerLabel(each), each.cluster, each.taskId, containerTarget(each)]))
      .toSorted((a, b) => compareNames(containerLabel(a), containerLabel(b)))
      .map(containerChoice),
  ]
  const isListed = offered.some(({ target }) => target.kind === 'ecs' && target.target === typed)
  const isTarget = isEcsText(typed) && ecsTargetProblem(typed) === undefined
  const own: readonly Choice[] =
    isTarget && !isListed ? [{ target: { kind: 'ecs', target: typed }, label: typed, id: 'not in the list' }] : []
  return {
    items: [...own, ...offered.slice(0, MAX_CHOICES)],
    moreCount: Math.max(0, offered.length - MAX_CHOICES),
  }
}

/** What is below the field for a chosen service or container. */
export function containerHint(target: string, { services, items }: OfferedContainers): string {
  if (ecsTargetProblem(target) !== undefined) return 'It names no container.'
  const { cluster, of } = parseEcsTarget(target)
  if ('taskId' in of) {
    const task = items.find((each) => each.taskId === of.taskId)
    const known = task === undefined ? 'Not listed now. ' : ''
    return `${known}This task only, no failover: a deployment replaces it, and the forward then waits. Choose its service to go on.`
  }
  const isListed = services.some((each) => each.cluster === cluster && each.name === of.service)
  const counted = tasksWords({ cluster, name: of.service }, items)
  const known = isListed ? `${counted.charAt(0).toUpperCase()}${counted.slice(1)}.` : 'Not listed now.'
  return `${known} One is chosen and kept; once a deployment replaces it, the forward goes on through another.`
}
