// A TARGET that is a container of Amazon ECS: how it is written, and the text by which Systems Manager knows one container. Pure.
//
//   ecs:CLUSTER/SERVICE              the service's task that is chosen, in its first container that can be reached
//   ecs:CLUSTER/SERVICE/CONTAINER    that container of it
//   ecs:CLUSTER/TASK[/CONTAINER]     one task, by its 32 hexadecimal digits
//   ecs:CLUSTER_TASK_RUNTIME         as Systems Manager writes it: exactly this container
//
// Names of clusters, services and containers have letters, digits, - and _ only. Source: ECS API reference, CreateCluster,
// CreateService, ContainerDefinition; specification §1.3.

import { AppError } from './errors'

/** A container as a person names it: of a service, one of whose tasks is chosen, or of one task. */
export interface EcsTarget {
  readonly cluster: string
  /** A service, or a task. */
  readonly of: { readonly service: string } | { readonly taskId: string }
  /** Absent: the first container of the task definition that can be reached. */
  readonly container?: string
}

/** One container as Systems Manager knows it. */
export interface EcsPlace {
  readonly cluster: string
  readonly taskId: string
  readonly runtimeId: string
}

const PREFIX = 'ecs:'
const NAME = /^[A-Za-z0-9_-]{1,255}$/
const TASK_ID = /^[0-9a-f]{32}$/
const PLACE = /^ecs:([A-Za-z0-9_-]{1,255})_([0-9a-f]{32})_([0-9a-f]{32}-\d{1,20}|[0-9a-f]{64})$/
const FORMS = 'ecs:CLUSTER/SERVICE, ecs:CLUSTER/SERVICE/CONTAINER or ecs:CLUSTER/TASK/CONTAINER'

/** Whether a text is written as a container, well or not. */
export function isEcsText(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** Parses a TARGET with a `/`. Throws `usage`, whose message says what to write. */
export function parseEcsTarget(text: string): EcsTarget {
  const [cluster = '', second = '', container, ...more] = text.slice(isEcsText(text) ? PREFIX.length : 0).split('/')
  const names = [cluster, second, ...(container === undefined ? [] : [container])]
  if (!isEcsText(text) || more.length > 0 || names.includes('')) {
    throw new AppError('usage', `A container is written as ${FORMS}, not "${text}".`)
  }
  const wrong = names.find((name) => !NAME.test(name))
  if (wrong !== undefined) {
    const why = 'Names of ECS have 1 to 255 letters, digits, - and _'
    throw new AppError('usage', `"${wrong}" can be no name of a cluster, service, task or container. ${why}.`)
  }
  return {
    cluster,
    of: TASK_ID.test(second) ? { taskId: second } : { service: second },
    ...(container === undefined ? {} : { container }),
  }
}

/** Why a text is no container's TARGET, as a sentence; undefined if it is one. */
export function ecsTargetProblem(text: string): string | undefined {
  try {
    parseEcsTarget(text)
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
}

/** Writes a target so that `parseEcsTarget` reads the same. */
export function formatEcsTarget({ cluster, of, container }: EcsTarget): string {
  const second = 'service' in of ? of.service : of.taskId
  return `${PREFIX}${cluster}/${second}${container === undefined ? '' : `/${container}`}`
}

/** The target of Systems Manager for one container. It is also the `TargetId` of an encrypted session. Source: specification §1.3. */
export function formatEcsPlace({ cluster, taskId, runtimeId }: EcsPlace): string {
  return `${PREFIX}${cluster}_${taskId}_${runtimeId}`
}

/** Reads a target of Systems Manager; undefined for any other text. */
export function parseEcsPlace(text: string): EcsPlace | undefined {
  const [, cluster, taskId, runtimeId] = PLACE.exec(text) ?? []
  return cluster === undefined || taskId === undefined || runtimeId === undefined
    ? undefined
    : { cluster, taskId, runtimeId }
}
