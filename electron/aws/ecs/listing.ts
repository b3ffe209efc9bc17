// Lists the services and containers of an account and region, within bounds.
//
// Owns the limits of the list, the number of calls at a time, and the sentences about missing parts. If AWS denies the list of one
// cluster, the other clusters are still listed. Every other error fails the whole list.

import type { Task } from '@aws-sdk/client-ecs'
import type { ContainerListing } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { Container, ContainerService } from '../../../shared/model/container'
import type { Pages } from '../pages'
import { containersOfTask, serviceOf } from './containers'
import type { Definitions } from './definitions'
import { Gate } from './gate'
import { execStateOf, execTaskOf } from './obstacles'
import { describeServices, describeTasks, listClusters, listServices, listTasks } from './pagelists'
import type { Pace } from './pace'
import type { EcsParts } from './parts'
import { ephemeralProblem } from './recipe'
import { lastPart, taskStateOf } from './taskstate'

/** The most clusters of an account that are looked at. */
export const MAX_CLUSTERS = 100
const MAX_SERVICES = 2_000
const MAX_TASKS = 5_000
/** New definitions that one listing reads, to say why commands cannot be executed. Later listings read the rest. */
const MAX_DEFINITIONS = 100
/** Calls at a time. */
const MAX_CALLS = 4
/** Names that a notice quotes. */
const MAX_NAMED = 3

/** Collects the missing parts of a listing. */
class Missing {
  readonly #denied = new Map<string, Set<string>>()
  readonly #capped = new Map<string, number>()

  /** Resolves with undefined where the call is denied, or where the cluster is gone meanwhile. */
  async unlessDenied<T>(action: string, cluster: string, call: Promise<T>): Promise<T | undefined> {
    try {
      return await call
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'unknown-instance') return undefined
      if (error.code !== 'access-denied') throw error
      this.#denied.set(action, (this.#denied.get(action) ?? new Set()).add(cluster))
      return undefined
    }
  }

  cap(what: string, most: number): void {
    this.#capped.set(what, most)
  }

  notices(): string[] {
    const denied = [...this.#denied].map(([action, clusters]) => deniedNotice(action, [...clusters]))
    const capped = [...this.#capped].map(
      ([what, most]) =>
        `Only the first ${most.toLocaleString('en-US')} ${what} are shown. The others can be reached by ecs:CLUSTER/SERVICE.`,
    )
    return [...denied, ...capped]
  }
}

function deniedNotice(action: string, clusters: readonly string[]): string {
  if (action === 'ecs:ListClusters') {
    return 'Clusters may not be listed with these credentials (ecs:ListClusters is denied), so no containers are shown. One can be reached by ecs:CLUSTER/SERVICE.'
  }
  if (action === 'ecs:DescribeTaskDefinition') {
    return 'Task definitions may not be read with these credentials (ecs:DescribeTaskDefinition is denied), so not every reason why a command cannot be executed is known.'
  }
  const more = clusters.length > MAX_NAMED ? ` and ${clusters.length - MAX_NAMED} more` : ''
  const what = action.endsWith('Services') ? 'Services' : 'Tasks'
  return `${what} of ${clusters.slice(0, MAX_NAMED).join(', ')}${more} are missing: ${action} is denied.`
}

/** Lists everything there is. See `EcsCalls`. `pace` is kept from one listing to the next. */
export async function listContainers(
  parts: EcsParts,
  { definitions, pace }: { readonly definitions: Definitions; readonly pace: Pace },
  signal: AbortSignal,
): Promise<ContainerListing> {
  const ending = new AbortController()
  const either = AbortSignal.any([signal, ending.signal])
  const gate = new Gate(MAX_CALLS)
  const gated: EcsParts = {
    ...parts,
    send: (call, ended, send) =>
      // A listing that has failed sends nothing more.
      gate.run(() => pace.run(() => parts.send(call, ended, send), ended)),
  }
  try {
    return await list(gated, definitions, either)
  } finally {
    ending.abort()
  }
}

async function list(parts: EcsParts, definitions: Definitions, signal: AbortSignal): Promise<ContainerListing> {
  const missing = new Missing()
  const clusters = await missing.unlessDenied('ecs:ListClusters', '', listClusters(parts, MAX_CLUSTERS, signal))
  if (clusters === undefined) return { services: [], containers: [], notices: missing.notices() }
  if (clusters.end !== 'whole') missing.cap('clusters', clusters.items.length)
  const listing = { parts, missing, signal, services: new Room(MAX_SERVICES), tasks: new Room(MAX_TASKS) }
  const found = await Promise.all(
    clusters.items.map(async (arn) => {
      const cluster = lastPart(arn)
      const [services, tasks] = await Promise.all([servicesOf(cluster, listing), tasksOf(cluster, listing)])
      return { services, tasks }
    }),
  )
  const tasks = found.flatMap((one) => one.tasks)
  if (listing.services.isShort) missing.cap('services', MAX_SERVICES)
  if (listing.tasks.isShort) missing.cap('tasks', MAX_TASKS)
  await readDefinitions(tasks, definitions, listing)
  return {
    services: found.flatMap((one) => one.services).toSorted(byId),
    containers: tasks
      .flatMap((task) => containersOfTask(task, definitions.known(task.taskDefinitionArn ?? '')))
      .toSorted(byPlace),
    notices: missing.notices(),
  }
}

/** The number of services, or of tasks, that all clusters together may still add. Further ones are neither listed nor described. */
class Room {
  /** Whether names were left out. */
  isShort = false
  #left: number

  constructor(most: number) {
    this.#left = most
  }

  get left(): number {
    return this.#left
  }

  take(names: readonly string[], end: Pages<string>['end']): readonly string[] {
    const taken = names.slice(0, this.#left)
    this.#left -= taken.length
    this.isShort ||= taken.length < names.length || end !== 'whole'
    return taken
  }
}

interface Listing {
  readonly parts: EcsParts
  readonly missing: Missing
  readonly signal: AbortSignal
  readonly services: Room
  readonly tasks: Room
}

async function servicesOf(cluster: string, listing: Listing): Promise<readonly ContainerService[]> {
  const { parts, missing, signal, services: room } = listing
  const asking = listServices(parts, { cluster, maxItems: Math.max(1, room.left) }, signal)
  const names = await missing.unlessDenied('ecs:ListServices', cluster, asking)
  const services = names === undefined ? [] : room.take(names.items, names.end)
  if (services.length === 0) return []
  const describing = describeServices(parts, { cluster, services }, signal)
  const described = await missing.unlessDenied('ecs:DescribeServices', cluster, describing)
  return (described ?? []).map((service) => serviceOf(service, ephemeralProblem(service)))
}

async function tasksOf(cluster: string, listing: Listing): Promise<readonly Task[]> {
  const { parts, missing, signal, tasks: room } = listing
  const asking = listTasks(parts, { cluster, maxItems: Math.max(1, room.left) }, signal)
  const arns = await missing.unlessDenied('ecs:ListTasks', cluster, asking)
  const tasks = arns === undefined ? [] : room.take(arns.items, arns.end)
  if (tasks.length === 0) return []
  const describing = describeTasks(parts, { cluster, tasks }, signal)
  return (await missing.unlessDenied('ecs:DescribeTasks', cluster, describing)) ?? []
}

/** Reads the definitions of tasks with a running container in which no command can be executed: the definitions tell why. */
async function readDefinitions(
  tasks: readonly Task[],
  definitions: Definitions,
  { parts, missing, signal }: Listing,
): Promise<void> {
  const arns = new Set(tasks.filter((task) => isBlocked(task)).map((task) => task.taskDefinitionArn ?? ''))
  const wanted = [...arns].filter((arn) => arn !== '' && definitions.known(arn) === undefined)
  await Promise.all(
    wanted
      .slice(0, MAX_DEFINITIONS)
      .map((arn) => missing.unlessDenied('ecs:DescribeTaskDefinition', '', definitions.get(arn, signal, parts.send))),
  )
}

function isBlocked(task: Task): boolean {
  const exec = execTaskOf(task)
  return taskStateOf(task).containers.some(
    (container) => container.lastStatus === 'RUNNING' && execStateOf(container, exec, undefined).kind === 'blocked',
  )
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Orders containers by cluster, then service (those of no service last), then task, newest first; within a task as in its definition. */
function byPlace(a: Container, b: Container): number {
  return (
    compare(a.cluster, b.cluster) ||
    compare(a.service ?? '\uFFFF', b.service ?? '\uFFFF') ||
    (b.startedAt ?? Number.MAX_SAFE_INTEGER) - (a.startedAt ?? Number.MAX_SAFE_INTEGER) ||
    compare(a.taskId, b.taskId)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
