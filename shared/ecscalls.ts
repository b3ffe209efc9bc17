// The calls to Amazon ECS that the core makes; aws/ecs/ has them. Types only. Each rejects with an `AppError`, or with the signal's reason
// once that is aborted. Texts of AWS are bounded where they enter.

import type { Container, ContainerService } from './model/container'
import type { SessionTicket } from './session'

/** What is listed: services and the containers of all tasks, and what is missing as sentences. */
export interface ContainerListing {
  readonly services: readonly ContainerService[]
  readonly containers: readonly Container[]
  readonly notices: readonly string[]
}

/** A command to execute in a container. */
export interface ExecRequest {
  readonly cluster: string
  readonly taskId: string
  readonly container: string
  /** Split into words as a POSIX shell does, without expanding anything, and run without a shell. */
  readonly command: string
}

/** How a service's tasks are started: what RunTask takes over, and what the sizes are computed from. */
export interface ServiceRecipe {
  readonly service: ContainerService
  /** In AWS's own form, passed on as it is. */
  readonly networkConfiguration?: unknown
  readonly capacityProviderStrategy?: readonly unknown[]
  readonly platformVersion?: string
  /** The type of its deployment controller: ECS, CODE_DEPLOY, EXTERNAL. */
  readonly controller: string
  /** Whether the service manages volumes at launch, which RunTask has to be given anew. */
  readonly volumeConfigurations: readonly unknown[]
  readonly definition: TaskDefinition
}

/** A task definition, as far as a start needs it. */
export interface TaskDefinition {
  readonly arn: string
  readonly family: string
  readonly taskRoleArn?: string
  readonly executionRoleArn?: string
  readonly cpuUnits?: number
  readonly memoryMiB?: number
  readonly pidMode?: string
  readonly operatingSystem?: string
  readonly architecture?: string
  readonly containers: readonly ContainerDefinition[]
  /** The whole definition in AWS's own form, to derive another one from. */
  readonly whole: Readonly<Record<string, unknown>>
}

/** A container of a task definition. */
export interface ContainerDefinition {
  readonly name: string
  readonly isEssential: boolean
  readonly cpuUnits?: number
  readonly memoryMiB?: number
  readonly memoryReservationMiB?: number
  readonly entryPoint?: readonly string[]
  readonly command?: readonly string[]
  readonly isRootReadOnly: boolean
  readonly image: string
}

/** What RunTask overrides of the sizes in a task definition; what is absent stays as it is there. */
export interface TaskSize {
  readonly task?: { readonly memoryMiB: number; readonly cpuUnits?: number }
  readonly container: {
    readonly memoryMiB: number
    readonly memoryReservationMiB?: number
    readonly cpuUnits?: number
  }
}

/** A task to start. */
export interface RunTaskRequest {
  readonly recipe: ServiceRecipe
  /** Another definition than the service's. */
  readonly taskDefinitionArn?: string
  readonly container: string
  /** What takes the place of the image's command. */
  readonly command: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly size: TaskSize
  readonly clientToken: string
  readonly startedBy: string
  readonly tags: Readonly<Record<string, string>>
}

/** A task as AWS tells of it. */
export interface TaskState {
  readonly cluster: string
  readonly taskId: string
  /** AWS's words: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, STOPPED. */
  readonly lastStatus: string
  readonly desiredStatus: string
  readonly startedBy?: string
  readonly startedAt?: number
  readonly createdAt?: number
  readonly pullStartedAt?: number
  readonly pullStoppedAt?: number
  readonly stopCode?: string
  readonly stoppedReason?: string
  readonly tags: Readonly<Record<string, string>>
  readonly containers: readonly {
    readonly name: string
    readonly runtimeId?: string
    readonly lastStatus: string
    readonly exitCode?: number
    readonly reason?: string
    /** The state of its exec agent: PENDING, RUNNING, STOPPED; absent where it has none. */
    readonly execAgent?: string
    readonly execAgentReason?: string
  }[]
}

/** The calls to Amazon ECS of one account and region. */
export interface EcsCalls {
  /** Everything there is, within bounds. An account that may not list clusters, or has none, has an empty list. */
  listContainers(signal: AbortSignal): Promise<ContainerListing>
  /** The names of the clusters, at most 100. */
  clusterNames(signal: AbortSignal): Promise<readonly string[]>
  /** The containers of one service, or of one task, for a TARGET. Rejects with `unknown-instance` where there is no such cluster, service or task. */
  containersOf(
    where: { readonly cluster: string; readonly service?: string; readonly taskId?: string },
    signal: AbortSignal,
  ): Promise<readonly Container[]>
  executeCommand(request: ExecRequest, signal: AbortSignal): Promise<SessionTicket>
  /** Rejects with `unknown-instance` where there is no such cluster or service. */
  serviceRecipe(cluster: string, service: string, signal: AbortSignal): Promise<ServiceRecipe>
  /** Starts one task. Repeating it with the same token starts none more. Rejects with `task-failed` where AWS starts none. */
  runTask(request: RunTaskRequest, signal: AbortSignal): Promise<TaskState>
  describeTasks(cluster: string, taskIds: readonly string[], signal: AbortSignal): Promise<readonly TaskState[]>
  /** The tasks that were started by this name and are wanted to run. */
  tasksStartedBy(cluster: string, startedBy: string, signal: AbortSignal): Promise<readonly TaskState[]>
  /** A task that is gone counts as stopped. */
  stopTask(cluster: string, taskId: string, reason: string, signal: AbortSignal): Promise<void>
  /** Registers a definition, in AWS's own form; resolves with its ARN. */
  registerTaskDefinition(definition: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string>
  deregisterTaskDefinition(arn: string, signal: AbortSignal): Promise<void>
}
