// Services and the containers of tasks, as the product lists them. Pure.

import type { Service, Task, TaskSet } from '@aws-sdk/client-ecs'
import { cutText } from '../../../shared/cut'
import type { TaskDefinition } from '../../../shared/ecscalls'
import { formatEcsPlace, parseEcsPlace } from '../../../shared/ecstarget'
import type { Container, ContainerService, EphemeralMark, LaunchType } from '../../../shared/model/container'
import { execStateOf, execTaskOf } from './obstacles'
import { cutOr, lastPart, taskStateOf } from './taskstate'

const MAX_IMAGE = 512
const MAX_ADDRESS = 64
const MAX_ARN = 2_048

/** The prefix of the group of a task that a service has started. Source: ECS API reference, Task, `group`. */
const SERVICE_GROUP = 'service:'

function launchTypeOf(type: string | undefined, provider: string | undefined): LaunchType {
  if (type === 'FARGATE' || type === 'EXTERNAL') return type
  return provider?.startsWith('FARGATE') === true ? 'FARGATE' : 'EC2'
}

function count(value: number | undefined): number {
  return value === undefined || !Number.isFinite(value) ? 0 : value
}

/** The primary task set of a service that CODE_DEPLOY or EXTERNAL deploys; it says how tasks are started where the service does not. */
export function primary(service: Service): TaskSet | undefined {
  return service.taskSets?.find(({ status }) => status === 'PRIMARY')
}

/** The ARN of the definition that the newest tasks of a service have; empty where AWS names none. */
export function definitionArnOf(service: Service): string {
  return cutText((primary(service) ?? service).taskDefinition ?? '', MAX_ARN)
}

/** Converts a service of ECS. `ephemeralProblem`: why no task like its own can be started, see recipe.ts. */
export function serviceOf(service: Service, ephemeralProblem?: string): ContainerService {
  const cluster = lastPart(service.clusterArn)
  const name = cutText(service.serviceName ?? lastPart(service.serviceArn), 255)
  const { launchType = service.launchType, capacityProviderStrategy = service.capacityProviderStrategy } =
    primary(service) ?? service
  return {
    id: `${cluster}/${name}`,
    cluster,
    name,
    desired: count(service.desiredCount),
    running: count(service.runningCount),
    pending: count(service.pendingCount),
    taskDefinition: lastPart(definitionArnOf(service)),
    launchType: launchTypeOf(launchType, capacityProviderStrategy?.[0]?.capacityProvider),
    hasExec: service.enableExecuteCommand === true,
    ...(ephemeralProblem === undefined ? {} : { ephemeralProblem }),
  }
}

/** Reads Culvert's tags of a task; undefined where the task has none. */
function ephemeralMarkOf(tags: Readonly<Record<string, string>>): EphemeralMark | undefined {
  const operationId = tags['culvert:operation']
  if (operationId === undefined) return undefined
  const expiresAt = Date.parse(tags['culvert:expires'] ?? '')
  const computer = tags['culvert:computer']
  return {
    operationId,
    owner: tags['culvert:owner'] ?? '',
    ...(computer === undefined ? {} : { computer }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  }
}

/** The containers of a task, in the order of its definition where that is known. */
export function containersOfTask(task: Task, definition: TaskDefinition | undefined): Container[] {
  const state = taskStateOf(task)
  const { cluster, taskId, startedAt } = state
  const exec = execTaskOf(task)
  const ephemeral = ephemeralMarkOf(state.tags)
  const service = task.group?.startsWith(SERVICE_GROUP) === true ? task.group.slice(SERVICE_GROUP.length) : undefined
  const order = definition?.containers.map(({ name }) => name) ?? []
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return state.containers
    .map((container, index) => {
      const { name, runtimeId } = container
      const target = runtimeId === undefined ? undefined : formatEcsPlace({ cluster, taskId, runtimeId })
      const own = task.containers?.[index]
      return {
        id: `${cluster}/${taskId}/${name}`,
        cluster,
        ...cutOr('service', service, 255),
        taskId,
        name,
        // A target that Systems Manager would refuse is left out.
        ...(target === undefined || parseEcsPlace(target) === undefined ? {} : { target }),
        state: container.lastStatus,
        ...(startedAt === undefined ? {} : { startedAt }),
        exec: execStateOf(container, exec, definition),
        launchType: launchTypeOf(task.launchType, task.capacityProviderName),
        taskDefinition: lastPart(task.taskDefinitionArn),
        ...cutOr('image', own?.image, MAX_IMAGE),
        ...cutOr('privateIp', own?.networkInterfaces?.[0]?.privateIpv4Address, MAX_ADDRESS),
        ...(ephemeral === undefined ? {} : { ephemeral }),
      }
    })
    .toSorted((a, b) => rank(a.name) - rank(b.name))
}
