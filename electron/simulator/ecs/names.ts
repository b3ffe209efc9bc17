// Names of Amazon ECS: the ARNs of its resources, and what a request may write in the place of one. Pure.
//
//   cluster/NAME   service/CLUSTER/NAME   task/CLUSTER/ID   container/CLUSTER/TASK/ID   task-definition/FAMILY:REVISION
//
// Source: ECS developer guide, "Amazon Resource Names (ARNs) and IDs" (the long form, the only one for new resources since April 2021).

import { randomBytes } from 'node:crypto'

/** The parts of the account that ARNs are made of. */
export interface EcsPlace {
  readonly region: string
  readonly accountId: string
}

/** The cluster that a request without one means. */
const DEFAULT_CLUSTER = 'default'

function arn({ region, accountId }: EcsPlace, resource: string): string {
  return `arn:aws:ecs:${region}:${accountId}:${resource}`
}

/** The ARN of a cluster. */
export function clusterArn(place: EcsPlace, cluster: string): string {
  return arn(place, `cluster/${cluster}`)
}

/** The ARN of a service. */
export function serviceArn(place: EcsPlace, cluster: string, service: string): string {
  return arn(place, `service/${cluster}/${service}`)
}

/** The ARN of a task. */
export function taskArn(place: EcsPlace, cluster: string, taskId: string): string {
  return arn(place, `task/${cluster}/${taskId}`)
}

/** The ARN of a container of a task. */
export function containerArn(
  place: EcsPlace,
  task: { readonly cluster: string; readonly id: string },
  id: string,
): string {
  return arn(place, `container/${task.cluster}/${task.id}/${id}`)
}

/** The ARN of a revision of a task definition. */
export function definitionArn(place: EcsPlace, family: string, revision: number | string): string {
  return arn(place, `task-definition/${family}:${revision}`)
}

/** The name at the end of a name or an ARN; the default cluster for an absent one. */
export function shortName(text: string | undefined): string {
  return text === undefined || text === '' ? DEFAULT_CLUSTER : (text.split('/').at(-1) ?? text)
}

/** The service and its cluster that a name or an ARN means. */
export function clusterOf(text: string): string | undefined {
  const [, cluster, name] = text.startsWith('arn:') ? (text.split(':').at(-1) ?? '').split('/') : []
  return name === undefined ? undefined : cluster
}

/** A new id of a task: 32 hexadecimal digits. */
export function newTaskId(): string {
  return randomBytes(16).toString('hex')
}

/** A new runtime id: the task's id and digits on Fargate, 64 hexadecimal digits of Docker elsewhere. Source: specification §1.3. */
export function newRuntimeId(taskId: string, isFargate: boolean): string {
  const digits = String(randomBytes(4).readUInt32BE(0)).padStart(10, '0')
  return isFargate ? `${taskId}-${digits}` : randomBytes(32).toString('hex')
}
