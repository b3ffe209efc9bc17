// One task: its way from PROVISIONING to STOPPED.
//
//   PROVISIONING -> PENDING (images are pulled) -> RUNNING -> DEACTIVATING -> STOPPING -> DEPROVISIONING -> STOPPED
//
// It ends by StopTask, by its service, or when an essential container ends. SIGTERM comes first, SIGKILL after the longest stopTimeout
// of its containers. Source: ECS developer guide, "Amazon ECS task lifecycle", "Amazon ECS stopped task error messages".

import { newTaskId } from './names'
import type { TaskDefinition, Tags, TaskOverrides } from './shapes'
import type { TaskStage } from './stage'
import { TaskContainer } from './containers/taskcontainer'

/** Seconds of the service. Source: ECS API reference, ContainerDefinition, stopTimeout. */
const STOP_TIMEOUT = 30
const DEACTIVATING = 1
const DEPROVISIONING = 2

/** The words of AWS for the end of an essential container. */
const ESSENTIAL_EXITED = 'Essential container in task exited'
const FIRST_EXEC_PLATFORM = '1.4.0'

/** Where a task runs. */
export type LaunchType = 'FARGATE' | 'EC2' | 'EXTERNAL'

/** Why a task has stopped, in AWS's codes. */
export type StopCode = 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'ServiceSchedulerInitiated'

/** The state of a task, in AWS's words. */
export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

/** A mishap of the start, by order. */
export type StartFailure = 'pull' | 'agent'

/** What a task is made of. */
export interface TaskMaking {
  readonly cluster: string
  /** `service:NAME` or `family:NAME`. */
  readonly group: string
  readonly definition: TaskDefinition
  readonly launchType: LaunchType
  readonly capacityProvider: string | undefined
  readonly platformVersion: string | undefined
  readonly hasExec: boolean
  readonly overrides: TaskOverrides
  readonly tags: Tags
  /** As it was asked for, or the id of a service's deployment. */
  readonly startedBy: string | undefined
  readonly privateIp: string
  readonly zone: string
  readonly failure?: StartFailure | undefined
  /** Its processes begin with the first session; see taskcontainer.ts. */
  readonly isLazy: boolean
}

/** See above. Owns its containers. */
export class Task {
  readonly id = newTaskId()
  readonly making: TaskMaking
  readonly containers: readonly TaskContainer[]
  tags: Tags
  readonly createdAt: number
  status: TaskStatus = 'PROVISIONING'
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'
  pullStartedAt: number | undefined
  pullStoppedAt: number | undefined
  startedAt: number | undefined
  stoppingAt: number | undefined
  executionStoppedAt: number | undefined
  stoppedAt: number | undefined
  stopCode: StopCode | undefined
  stoppedReason: string | undefined
  readonly #stage: TaskStage

  /** A new task, which starts by itself; or one that has run since `runningSince` (epoch ms). */
  constructor(making: TaskMaking, stage: TaskStage, runningSince?: number) {
    this.making = making
    this.tags = making.tags
    this.#stage = stage
    this.createdAt = runningSince ?? Date.now()
    const { definition, overrides, cluster, privateIp, launchType, hasExec, isLazy } = making
    this.containers = definition.containerDefinitions.map(
      (each) =>
        new TaskContainer({
          definition: each,
          override: overrides.containerOverrides.find(({ name }) => name === each.name) ?? {},
          cluster,
          taskId: this.id,
          privateIp,
          isFargate: launchType === 'FARGATE',
          hasExec,
          isLazy,
          stage,
        }),
    )
    if (runningSince === undefined) this.#provision()
    else this.#wasRunning(runningSince)
  }

  /** The role that its containers have. */
  get taskRoleArn(): string | undefined {
    return this.making.overrides.taskRoleArn ?? this.making.definition.taskRoleArn
  }

  /** The service that it belongs to. */
  get service(): string | undefined {
    const { group } = this.making
    return group.startsWith('service:') ? group.slice('service:'.length) : undefined
  }

  container(name: string): TaskContainer | undefined {
    return this.containers.find((each) => each.name === name)
  }

  /** Stops it. Nothing happens to a task that stops already. */
  stop(code: StopCode, reason: string): void {
    if (this.desiredStatus === 'STOPPED') return
    this.desiredStatus = 'STOPPED'
    this.stopCode = code
    this.stoppedReason = reason
    if (this.startedAt === undefined) {
      for (const container of this.containers) container.neverStarted(undefined)
      this.#deprovision()
      return
    }
    this.status = 'DEACTIVATING'
    this.#stage.clock.after(DEACTIVATING, () => this.#terminate())
  }

  /** Stops the exec agent of each container, by order; without a reason only its connection is lost. */
  stopAgent(reason: string | undefined): void {
    for (const { agent } of this.containers) {
      if (agent === undefined) continue
      agent.isLost = true
      if (reason === undefined) continue
      agent.status = 'STOPPED'
      agent.reason = reason
    }
  }

  /** The simulator ends. Resolves when every process is gone. */
  async dispose(): Promise<void> {
    this.desiredStatus = 'STOPPED'
    await Promise.all(this.containers.map((container) => container.kill()))
  }

  #provision(): void {
    const { clock, delays } = this.#stage
    clock.afterMs(delays.provisioningMs, () => {
      if (this.desiredStatus === 'STOPPED') return
      this.status = 'PENDING'
      this.pullStartedAt = Date.now()
      clock.afterMs(delays.pullMs, () => {
        if (this.desiredStatus === 'RUNNING') void this.#pulled()
      })
    })
  }

  async #pulled(): Promise<void> {
    if (this.making.failure === 'pull') {
      const image = this.containers[0]?.definition.image ?? ''
      const why = `pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`
      this.#failToStart(`CannotPullContainerError: ${why}`, 0)
      return
    }
    this.pullStoppedAt = Date.now()
    this.startedAt = Date.now()
    for (const [index, container] of this.containers.entries()) {
      const why = await container.start(() => this.#exited(container))
      if (why !== undefined) {
        this.startedAt = undefined
        this.#failToStart(why, index)
        return
      }
    }
    // Stopped meanwhile, by a person or by a container that ended at once.
    if (this.status !== 'PENDING') return
    this.status = 'RUNNING'
    this.#stage.clock.afterMs(this.#stage.delays.agentMs, () => this.#startAgents())
  }

  #wasRunning(since: number): void {
    this.status = 'RUNNING'
    this.startedAt = since
    this.pullStartedAt = since
    this.pullStoppedAt = since
    for (const container of this.containers) container.wasStarted(() => this.#exited(container))
    this.#startAgents(since)
  }

  #startAgents(at = Date.now()): void {
    const { definition, platformVersion = FIRST_EXEC_PLATFORM, failure } = this.making
    for (const [index, { agent, definition: container, status }] of this.containers.entries()) {
      if (agent?.status !== 'PENDING' || status !== 'RUNNING') continue
      const isOfAnother = definition.pidMode === 'task' && index > 0
      const canRun =
        container.readonlyRootFilesystem !== true &&
        this.taskRoleArn !== undefined &&
        platformVersion >= FIRST_EXEC_PLATFORM &&
        !isOfAnother &&
        failure !== 'agent'
      agent.status = canRun ? 'RUNNING' : 'STOPPED'
      if (canRun) agent.startedAt = at
      else agent.reason = 'ExecuteCommand Agent failed to start'
    }
  }

  #failToStart(reason: string, index: number): void {
    this.desiredStatus = 'STOPPED'
    this.stopCode = 'TaskFailedToStart'
    this.stoppedReason = reason
    for (const [at, container] of this.containers.entries()) {
      if (at < index) void container.kill()
      else container.neverStarted(at === index ? reason : undefined)
    }
    this.#deprovision()
  }

  #exited(container: TaskContainer): void {
    if (container.definition.essential && this.desiredStatus === 'RUNNING') {
      this.desiredStatus = 'STOPPED'
      this.stopCode = 'EssentialContainerExited'
      this.stoppedReason = ESSENTIAL_EXITED
      this.#terminate()
    }
    if (this.desiredStatus === 'STOPPED' && this.containers.every(({ status }) => status === 'STOPPED')) {
      this.#deprovision()
    }
  }

  #terminate(): void {
    this.status = 'STOPPING'
    this.stoppingAt = Date.now()
    const seconds = Math.max(...this.containers.map(({ definition }) => definition.stopTimeout ?? STOP_TIMEOUT))
    for (const container of this.containers) void container.terminate()
    this.#stage.clock.after(seconds, () => {
      for (const container of this.containers) void container.kill()
    })
  }

  #deprovision(): void {
    if (this.status === 'DEPROVISIONING' || this.status === 'STOPPED') return
    this.status = 'DEPROVISIONING'
    this.stoppingAt ??= Date.now()
    this.executionStoppedAt = Date.now()
    this.#stage.clock.after(DEPROVISIONING, () => {
      this.status = 'STOPPED'
      this.stoppedAt = Date.now()
      this.#stage.onStopped(this)
    })
  }
}
