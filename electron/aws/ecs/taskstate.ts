// Tasks as ECS answers them, in the product's words: only what is used, each text cut to its limit. Pure.

import type { Container as AwsContainer, Tag, Task } from '@aws-sdk/client-ecs'
import { cutText } from '../../../shared/cut'
import type { TaskState } from '../../../shared/ecscalls'

/** Source: ECS API reference: 255 characters of a name. */
const MAX_NAME = 255
const MAX_WORD = 64
/** The longest reason that a stopped task, a container or an agent gives. */
const MAX_REASON = 1_024
/** Source: ECS developer guide, "Tag restrictions". */
const MAX_TAGS = 60
const MAX_KEY = 128
const MAX_VALUE = 256
/** Source: ECS developer guide, "Amazon ECS service quotas": ten containers in a task definition; more is no answer of AWS. */
const MAX_CONTAINERS = 50

/** What ECS calls the exec agent. */
const EXEC_AGENT = 'ExecuteCommandAgent'

/** The last part of an ARN: the name of a cluster or service, the id of a task, FAMILY:REVISION. */
export function lastPart(arn: string | undefined): string {
  return cutText(arn?.slice(arn.lastIndexOf('/') + 1) ?? '', MAX_NAME)
}

/** A text of AWS, cut; absent where it is absent or empty. */
export function cutOr<K extends string>(key: K, text: string | undefined, max: number): { readonly [P in K]?: string } {
  const cut: { readonly [P in K]?: string } = {}
  return text === undefined || text === '' ? cut : Object.assign(cut, { [key]: cutText(text, max) })
}

/** Tags as a record, cut to AWS's own limits. */
function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (tags ?? [])
      .slice(0, MAX_TAGS)
      .flatMap(({ key, value }) =>
        key === undefined ? [] : [[cutText(key, MAX_KEY), cutText(value ?? '', MAX_VALUE)]],
      ),
  )
}

function time<K extends string>(key: K, at: Date | undefined): { readonly [P in K]?: number } {
  const made: { readonly [P in K]?: number } = {}
  return at === undefined || Number.isNaN(at.getTime()) ? made : Object.assign(made, { [key]: at.getTime() })
}

function containerState(container: AwsContainer): TaskState['containers'][number] {
  const agent = container.managedAgents?.find(({ name }) => name === EXEC_AGENT)
  return {
    name: cutText(container.name ?? '', MAX_NAME),
    lastStatus: cutText(container.lastStatus ?? 'PENDING', MAX_WORD),
    ...cutOr('runtimeId', container.runtimeId, MAX_NAME),
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...cutOr('reason', container.reason, MAX_REASON),
    ...cutOr('execAgent', agent?.lastStatus, MAX_WORD),
    ...cutOr('execAgentReason', agent?.reason, MAX_REASON),
  }
}

/** One task. */
export function taskStateOf(task: Task): TaskState {
  return {
    cluster: lastPart(task.clusterArn),
    taskId: lastPart(task.taskArn),
    lastStatus: cutText(task.lastStatus ?? '', MAX_WORD),
    desiredStatus: cutText(task.desiredStatus ?? '', MAX_WORD),
    ...cutOr('startedBy', task.startedBy, MAX_KEY),
    ...time('startedAt', task.startedAt),
    ...time('createdAt', task.createdAt),
    ...time('pullStartedAt', task.pullStartedAt),
    ...time('pullStoppedAt', task.pullStoppedAt),
    ...cutOr('stopCode', task.stopCode, MAX_WORD),
    ...cutOr('stoppedReason', task.stoppedReason, MAX_REASON),
    tags: tagsOf(task.tags),
    containers: (task.containers ?? []).slice(0, MAX_CONTAINERS).map((container) => containerState(container)),
  }
}
