// Lists the services and containers of an account and region, within bounds.
//
// Owns how much is listed, how many calls run at a time, and what is said of parts that are missing. A cluster that may not be listed
// does not hide the others. Errors that are no denial fail the list as a whole.

import type { Task } from '@aws-sdk/client-ecs'
import type { ContainerListing } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { Container, ContainerService } from '../../../shared/model/container'
import { containersOfTask, serviceOf } from './containers'
import type { Definitions } from './definitions'
import { Gate } from './gate'
import { execStateOf, execTaskOf } from './obstacles'
import { describeServices, describeTasks, listClusters, listServices, listTasks } from './pagelists'
import type { EcsParts } from './parts'
import { ephemeralProblem } from './recipe'
import { lastPart, taskStateOf } from './taskstate'

const MAX_CLUSTERS = 100
const MAX_SERVICES = 2_000
const MAX_TASKS = 5_000
/** New definitions that one listing reads, to say why commands cannot be executed. The others are read by the next ones. */
const MAX_DEFINITIONS = 100
/** Calls at a time. */
const MAX_CALLS = 4
/** Names that a notice quotes. */
const MAX_NAMED = 3

/** What is missing in a listing. */
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

/** Lists everything there is. See `EcsCalls`. */
export async function listContainers(
  parts: EcsParts,
  definitions: Definitions,
  signal: AbortSignal,
): Promise<ContainerListing> {
  const ending = new AbortController()
  const either = AbortSignal.any([signal, ending.signal])
  const gate = new Gate(MAX_CALLS)
  const gated: EcsParts = {
    ...parts,
    send: (call, ended, send) =>
      gate.run(() => {
        // A listing that has failed sends nothing more.
        ended.throwIfAborted()
        return parts.send(call, ended, send)
      }),
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
  const found = await Promise.all(
    clusters.items.map(async (arn) => {
      const cluster = lastPart(arn)
      const [services, tasks] = await Promise.all([
        servicesOf(cluster, { parts, missing, signal }),
        tasksOf(cluster, { parts, missing, signal }),
      ])
      return { services, tasks }
    }),
  )
  const services = found.flatMap((one) => one.services)
  const tasks = found.flatMap((one) => one.tasks)
  if (services.length > MAX_SERVICES) missing.cap('services', MAX_SERVICES)
  if (tasks.length > MAX_TASKS) missing.cap('tasks', MAX_TASKS)
  const kept = tasks.slice(0, MAX_TASKS)
  await readDefinitions(kept, definitions, { parts, missing, signal })
  return {
    services: services.slice(0, MAX_SERVICES).toSorted(byId),
    containers: kept
      .flatMap((task) => containersOfTask(task, definitions.known(task.taskDefinitionArn ?? '')))
      .toSorted(byPlace),
    notices: missing.notices(),
  }
}

interface Listing {
  readonly parts: EcsParts
  readonly missing: Missing
  readonly signal: AbortSignal
}

async function servicesOf(cluster: string, { parts, missing, signal }: Listing): Promise<readonly ContainerService[]> {
  const listing = listServices(parts, { cluster, maxItems: MAX_SERVICES }, signal)
  const names = await missing.unlessDenied('ecs:ListServices', cluster, listing)
  if (names === undefined || names.items.length === 0) return []
  if (names.end !== 'whole') missing.cap('services', MAX_SERVICES)
  const describing = describeServices(parts, { cluster, services: names.items }, signal)
  const services = await missing.unlessDenied('ecs:DescribeServices', cluster, describing)
  return (services ?? []).map((service) => serviceOf(service, ephemeralProblem(service)))
}

async function tasksOf(cluster: string, { parts, missing, signal }: Listing): Promise<readonly Task[]> {
  const listing = listTasks(parts, { cluster, maxItems: MAX_TASKS }, signal)
  const arns = await missing.unlessDenied('ecs:ListTasks', cluster, listing)
  if (arns === undefined || arns.items.length === 0) return []
  if (arns.end !== 'whole') missing.cap('tasks', MAX_TASKS)
  const describing = describeTasks(parts, { cluster, tasks: arns.items }, signal)
  return (await missing.unlessDenied('ecs:DescribeTasks', cluster, describing)) ?? []
}

/** Reads the definitions of tasks with a running container in which no command can be executed: they tell why. */
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

/** By cluster, then service, those of no service last; tasks newest first, their containers as the definition has them. */
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
