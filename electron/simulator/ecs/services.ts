// The services of the simulated Amazon ECS: they keep their tasks running, and replace them when something new is deployed.
//
// A service whose controller is EXTERNAL is kept by other hands: here its tasks run and are not replaced. Source: ECS developer guide,
// "Deploy Amazon ECS services by replacing tasks" (new tasks start first, old ones are stopped once they run).

import { randomInt } from 'node:crypto'
import type { LaunchType, Task } from './task'
import type { Tags, TaskDefinition } from './shapes'

/** A service as it is set up. */
export interface ServiceSetting {
  readonly cluster: string
  readonly name: string
  readonly desired: number
  readonly launchType: LaunchType
  /** Capacity providers in place of the launch type. */
  readonly capacityProvider?: string
  readonly platformVersion?: string
  readonly hasExec: boolean
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL'
  readonly definition: TaskDefinition
  readonly tags: Tags
}

/** The account, as services act on it. */
export interface ServiceHost {
  tasksOf(service: EcsService): readonly Task[]
  /** Starts a task of a service; `runningSince`: it has run since then. */
  startTask(service: EcsService, runningSince?: number): Task
  /** Calls `act` after seconds of the service. */
  after(seconds: number, act: () => void): void
}

/** How often a service looks after its tasks, in seconds of the service. */
const LOOK_SECONDS = 2

/** One deployment of a service. */
export interface Deployment {
  readonly id: string
  readonly definition: TaskDefinition
  readonly createdAt: number
}

/** See above. */
export class EcsService {
  readonly setting: ServiceSetting
  readonly createdAt: number
  readonly #host: ServiceHost
  #desired: number
  #deployments: readonly Deployment[]
  #isLooking = false

  constructor(setting: ServiceSetting, host: ServiceHost, createdAt: number) {
    this.setting = setting
    this.createdAt = createdAt
    this.#host = host
    this.#desired = setting.desired
    this.#deployments = [newDeployment(setting.definition, createdAt)]
    for (let index = 0; index < setting.desired; index += 1) host.startTask(this, createdAt + index * 1_000)
  }

  get desired(): number {
    return this.#desired
  }

  /** The newest first. All but the first are on their way out. */
  get deployments(): readonly Deployment[] {
    return this.#deployments
  }

  /** The definition of new tasks. */
  get definition(): TaskDefinition {
    return this.#deployments[0]?.definition ?? this.setting.definition
  }

  /** The id of the deployment that new tasks belong to. */
  get deploymentId(): string {
    return this.#deployments[0]?.id ?? ''
  }

  /** Replaces every task by a new one, of `definition` or the same one as before. */
  deploy(definition: TaskDefinition = this.definition): void {
    this.#deployments = [newDeployment(definition, Date.now()), ...this.#deployments].slice(0, 10)
    this.look()
  }

  /** Sets how many tasks it shall have. */
  scale(desired: number): void {
    this.#desired = desired
    this.look()
  }

  /** Starts the tasks that are missing and stops those that are too many; looks again until nothing is to be done. */
  look(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    const wanted = this.#host.tasksOf(this).filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
    const current = wanted.filter(({ making }) => making.startedBy === this.deploymentId)
    const former = wanted.filter(({ making }) => making.startedBy !== this.deploymentId)
    for (let count = current.length; count < this.#desired; count += 1) this.#host.startTask(this)
    for (const task of current.slice(this.#desired)) this.#stop(task)
    const isReady = current.filter(({ status }) => status === 'RUNNING').length >= this.#desired
    if (isReady) for (const task of former) this.#stop(task)
    this.#isLooking = false
    if (isReady) this.#deployments = this.#deployments.slice(0, 1)
    else this.#host.after(LOOK_SECONDS, () => this.look())
  }

  #stop(task: Task): void {
    task.stop('ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${this.deploymentId})`)
  }
}

function newDeployment(definition: TaskDefinition, createdAt: number): Deployment {
  const digits = Array.from({ length: 19 }, (_, index) => (index === 0 ? randomInt(1, 10) : randomInt(10))).join('')
  return { id: `ecs-svc/${digits}`, definition, createdAt }
}
