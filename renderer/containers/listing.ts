// Which services and containers are shown and in which order: filter, folds and rows. Pure.
//
//   cluster                  the header of a group
//     service                its tasks' containers below it, newest task first
//       container
//     tasks of no service    such as those of ephemeral sessions

import type { Container, ContainerService } from '../../shared/model/container'
import { compareNames } from '../order'
import { isReady } from './words'

/** A line of the list. `key` identifies it among all of them. */
export type ContainerRow =
  | {
      readonly kind: 'cluster'
      readonly key: string
      readonly cluster: string
      readonly count: number
      readonly runningCount: number
      readonly isOpen: boolean
    }
  | {
      readonly kind: 'service'
      readonly key: string
      readonly service: ContainerService
      /** All of its containers, also those that the filter hides. */
      readonly containers: readonly Container[]
      readonly isOpen: boolean
    }
  /** The header of a cluster's tasks that belong to no service. */
  | { readonly kind: 'others'; readonly key: string; readonly count: number; readonly isOpen: boolean }
  | { readonly kind: 'container'; readonly key: string; readonly container: Container }

/** What is listed, and how. */
export interface ContainerListing {
  readonly services: readonly ContainerService[]
  readonly items: readonly Container[]
  /** Words that must all occur, ignoring case; also `cluster:`, `service:`, `state:` and `owner:` with a value. */
  readonly filter: string
  /** The keys of the folded rows. */
  readonly folded: ReadonlySet<string>
}

/** The key of a service's row, which is also its selection. */
export function serviceKey({ id }: Pick<ContainerService, 'id'>): string {
  return `service ${id}`
}

/** The key of a container's row, which is also its selection. */
export function containerKey({ id }: Pick<Container, 'id'>): string {
  return `container ${id}`
}

const texts = new WeakMap<Container | ContainerService, string>()

function kept(of: Container | ContainerService, make: () => readonly string[]): string {
  const known = texts.get(of)
  if (known !== undefined) return known
  const text = make().join('\n').toLowerCase()
  texts.set(of, text)
  return text
}

function containerText(container: Container): string {
  return kept(container, () => {
    const { cluster, service = '', taskId, name, state, taskDefinition, image = '', privateIp = '' } = container
    const owner = container.ephemeral === undefined ? [] : ['ephemeral', `owner:${container.ephemeral.owner}`]
    const exec =
      container.exec.kind === 'ready' ? ['exec:ready'] : container.exec.obstacles.map((each) => `exec:${each}`)
    const places = [`cluster:${cluster}`, `service:${service}`, `state:${state}`]
    return [...places, taskId, name, taskDefinition, image, privateIp, ...owner, ...exec]
  })
}

function serviceText(service: ContainerService): string {
  return kept(service, () => {
    const { cluster, name, taskDefinition, launchType } = service
    return [`cluster:${cluster}`, `service:${name}`, taskDefinition, launchType]
  })
}

/** A function that tells whether a text contains every word of the filter. */
function matcher(filter: string): (text: string) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  return (text) => words.every((word) => text.includes(word))
}

/** The containers that match the filter. */
export function filterContainers(items: readonly Container[], filter: string): readonly Container[] {
  const isMatch = matcher(filter)
  return items.filter((container) => isMatch(containerText(container)))
}

/** Newest task first, the containers of a task together and by name. */
function inOrder(items: readonly Container[]): readonly Container[] {
  return items.toSorted(
    (a, b) =>
      (b.startedAt ?? Infinity) - (a.startedAt ?? Infinity) ||
      compareNames(a.taskId, b.taskId) ||
      compareNames(a.name, b.name),
  )
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}

/** The earliest start of each task decides its place, so that the containers of a task stay together. */
function byTask(items: readonly Container[]): readonly Container[] {
  const tasks = [...grouped(inOrder(items), ({ taskId }) => taskId).values()]
  return tasks.flat()
}

/** A service that is named by tasks but was not described. */
function unknownService(cluster: string, name: string, [first]: readonly Container[]): ContainerService {
  return {
    id: `${cluster}/${name}`,
    cluster,
    name,
    desired: 0,
    running: 0,
    pending: 0,
    taskDefinition: first?.taskDefinition ?? '',
    launchType: first?.launchType ?? 'FARGATE',
    hasExec: false,
    ephemeralProblem: 'The service was not described. Refresh the list.',
  }
}

/** The lines of the list. A service without a matching container stays if it matches itself. */
export function containerRows({ services, items, filter, folded }: ContainerListing): readonly ContainerRow[] {
  const isMatch = matcher(filter)
  const named = grouped(items, ({ cluster, service }) =>
    service === undefined ? `${cluster}/` : `${cluster}/${service}`,
  )
  const known = new Set(services.map(({ id }) => id))
  const found = [...named.entries()].flatMap(([id, [first, ...more]]) =>
    first?.service === undefined || known.has(id)
      ? []
      : [unknownService(first.cluster, first.service, [first, ...more])],
  )
  const all = [...services, ...found].toSorted((a, b) => compareNames(a.name, b.name))
  const clusters = [...new Set([...all, ...items].map(({ cluster }) => cluster))].sort(compareNames)
  const ofCluster = grouped(all, ({ cluster }) => cluster)

  return clusters.flatMap((cluster): readonly ContainerRow[] => {
    const shown: Container[] = []
    const lines = (ofCluster.get(cluster) ?? []).flatMap((service): readonly ContainerRow[] => {
      const containers = named.get(`${cluster}/${service.name}`) ?? []
      const matching = byTask(containers.filter((container) => isMatch(containerText(container))))
      if (matching.length === 0 && !isMatch(serviceText(service))) return []
      shown.push(...matching)
      const key = serviceKey(service)
      const isOpen = !folded.has(key)
      return [{ kind: 'service', key, service, containers, isOpen }, ...(isOpen ? matching.map(rowOf) : [])]
    })
    const others = byTask((named.get(`${cluster}/`) ?? []).filter((container) => isMatch(containerText(container))))
    shown.push(...others)
    if (lines.length === 0 && others.length === 0) return []
    const key = `cluster ${cluster}`
    const isOpen = !folded.has(key)
    const runningCount = shown.filter(({ state }) => state === 'RUNNING').length
    const head = { kind: 'cluster', key, cluster, count: shown.length, runningCount, isOpen } as const
    if (!isOpen) return [head]
    const othersKey = `others ${cluster}`
    const isOthersOpen = !folded.has(othersKey)
    return [
      head,
      ...lines,
      ...(others.length === 0
        ? []
        : [{ kind: 'others', key: othersKey, count: others.length, isOpen: isOthersOpen } as const]),
      ...(isOthersOpen ? others.map(rowOf) : []),
    ]
  })
}

function rowOf(container: Container): ContainerRow {
  return { kind: 'container', key: containerKey(container), container }
}

/** "5 containers, 4 running". */
export function countWords(count: number, runningCount: number): string {
  return `${count} ${count === 1 ? 'container' : 'containers'}, ${runningCount} running`
}

/** The container that a shell in a service is opened in first: the first one that can be reached, of the newest task. */
export function firstReady(containers: readonly Container[]): Container | undefined {
  return byTask(containers).find(isReady)
}
