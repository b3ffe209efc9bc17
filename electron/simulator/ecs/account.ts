// Amazon ECS of the simulated account: its clusters, services, tasks and task definitions, and what happens to them by order.
//
// A stopped task is described for an hour of the service's clock, then it is MISSING. Source: ECS API reference, DescribeTasks.

import { AppError } from '../../../shared/errors'
import { TokenBucket } from '../api/throttle'
import type { SessionTarget } from '../gateway/sessions'
import type { World } from '../world/world'
import { EcsClock } from './clock'
import { Definitions } from './definitions'
import { CLUSTERS, generatedRows, loneTask, serviceRows, type ServiceRow } from './roster'
import type { EcsPlace } from './names'
import { canRunContainers } from './containers/process'
import { EcsService } from './services'
import { definitionFields, type TaskDefinition } from './shapes'
import { USUAL_SECONDS, type ContainerOptions, type TaskStage } from './stage'
import { Task, type StartFailure, type TaskMaking } from './task'
import type { TaskContainer } from './containers/taskcontainer'

const FORGOTTEN_SECONDS = 3_600
const DAY_MS = 86_400_000
/** A subnet of their own in the network of the instances. */
const FIRST_SUBNET = 200

/** Why the next RunTask starts no task, by order; a `StartFailure` lets it start and then fail. */
export type RunFailure = StartFailure | 'capacity' | 'memory'

/** What the account's containers need of the simulator. */
export interface EcsParts extends EcsPlace {
  readonly world: World
  readonly minuteMs: number
  readonly folder: string
  readonly hasPty: boolean
  readonly options: ContainerOptions
  /** A container has stopped, which Systems Manager knows by this target. */
  readonly onGone: (target: string) => void
}

/** A task that was started with a client token, and the request that started it. */
export interface TokenUse {
  readonly request: string
  readonly taskIds: readonly string[]
}

/** See above. Owns every task. */
export class EcsAccount implements AsyncDisposable {
  readonly place: EcsPlace
  readonly definitions: Definitions
  /** The uses of client tokens; the newest 1,000. */
  readonly tokens = new Map<string, TokenUse>()
  readonly #clock: EcsClock
  readonly #stage: TaskStage
  readonly #clusters = new Set<string>(CLUSTERS)
  readonly #services = new Map<string, EcsService>()
  readonly #tasks = new Map<string, Task>()
  readonly #failures: RunFailure[] = []
  readonly #bucket: TokenBucket | undefined
  #addresses = 0

  constructor({ region, accountId, world, minuteMs, folder, hasPty, options, onGone }: EcsParts) {
    this.place = { region, accountId }
    this.definitions = new Definitions(this.place)
    this.#clock = new EcsClock(minuteMs)
    this.#bucket = options.rate && new TokenBucket(options.rate)
    const second = this.#clock.secondMs
    this.#stage = {
      place: this.place,
      clock: this.#clock,
      world,
      delays: {
        provisioningMs: options.delays?.provisioningMs ?? USUAL_SECONDS.provisioning * second,
        pullMs: options.delays?.pullMs ?? USUAL_SECONDS.pull * second,
        agentMs: options.delays?.agentMs ?? USUAL_SECONDS.agent * second,
      },
      folder,
      hasPty,
      scaled: options.clock === 'scaled' ? { minuteMs } : undefined,
      full: options.full ?? 'silent',
      sessionLimit: options.sessionLimit ?? 2,
      canRun: options.canRun ?? canRunContainers(),
      onGone,
      onStopped: (task) => this.#stopped(task),
    }
    for (const row of [...serviceRows(accountId), ...generatedRows(options.services ?? 0, accountId)])
      this.#addService(row)
    const lone = loneTask(accountId)
    const definition = this.definitions.register(definitionFields.parse(lone.definition))
    this.#add(
      { ...usual(definition), cluster: lone.cluster, group: `family:${definition.family}` },
      Date.now() - DAY_MS,
    )
  }

  /** The names of the clusters, in order. */
  get clusters(): readonly string[] {
    return [...this.#clusters]
  }

  /** Whether this computer runs containers. */
  get canRun(): boolean {
    return this.#stage.canRun
  }

  hasCluster(name: string): boolean {
    return this.#clusters.has(name)
  }

  servicesOf(cluster: string): readonly EcsService[] {
    return [...this.#services.values()].filter(({ setting }) => setting.cluster === cluster)
  }

  service(cluster: string, name: string): EcsService | undefined {
    return this.#services.get(`${cluster}/${name}`)
  }

  /** The tasks of a cluster that are not forgotten, oldest first. */
  tasksOf(cluster: string): readonly Task[] {
    return [...this.#tasks.values()].filter(({ making }) => making.cluster === cluster)
  }

  /** Finds a task by its id or ARN. */
  task(cluster: string, text: string): Task | undefined {
    const task = this.#tasks.get(text.split('/').at(-1) ?? '')
    return task?.making.cluster === cluster ? task : undefined
  }

  /** Starts a task that RunTask asks for. */
  run(making: Omit<TaskMaking, 'privateIp' | 'zone' | 'isLazy'>): Task {
    return this.#add({ ...making, isLazy: false })
  }

  /** The container that Systems Manager knows by `target`, if a session can be started to it. */
  connected(target: string): TaskContainer | undefined {
    const [, , taskId = ''] = /^ecs:(.+)_([0-9a-f]{32})_/.exec(target) ?? []
    return this.#tasks.get(taskId)?.containers.find((each) => each.target === target && each.isConnected)
  }

  /** What a session to `target` goes to; undefined where none can be started. */
  sessionTarget(target: string): SessionTarget | undefined {
    return this.connected(target)?.sessionTarget(target)
  }

  /** Whether a call is within the account's rate; counts it. */
  mayCall(): boolean {
    return this.#bucket?.take(performance.now()) ?? true
  }

  /** Why the RunTask that comes now finds no place, if that was ordered next. */
  takePlacementFailure(): 'capacity' | 'memory' | undefined {
    const [next] = this.#failures
    if (next !== 'capacity' && next !== 'memory') return undefined
    this.#failures.shift()
    return next
  }

  /** How the task that is started now fails, if that was ordered next. */
  takeStartFailure(): StartFailure | undefined {
    const [next] = this.#failures
    if (next !== 'pull' && next !== 'agent') return undefined
    this.#failures.shift()
    return next
  }

  /** By order: lets the next RunTask fail. */
  failNextRun(how: RunFailure): void {
    this.#failures.push(how)
  }

  /** By order: replaces every task of a service. Throws `unknown-target`. */
  deploy(cluster: string, name: string): void {
    this.#serviceOrThrow(cluster, name).deploy()
  }

  /** By order: sets how many tasks a service shall have. Throws `unknown-target`. */
  scale(cluster: string, name: string, desired: number): void {
    this.#serviceOrThrow(cluster, name).scale(desired)
  }

  /** By order: stops the exec agents of a task; without a reason only their connections are lost. Throws `unknown-target`. */
  stopAgent(taskId: string, reason: string | undefined): void {
    const task = this.#tasks.get(taskId)
    if (task === undefined) throw new AppError('unknown-target', `The Demo has no task ${taskId}.`)
    task.stopAgent(reason)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#clock[Symbol.dispose]()
    await Promise.all([...this.#tasks.values()].map((task) => task.dispose()))
  }

  #serviceOrThrow(cluster: string, name: string): EcsService {
    const service = this.service(cluster, name)
    if (service === undefined) throw new AppError('unknown-target', `The Demo has no service ${cluster}/${name}.`)
    return service
  }

  #addService({ definition: given, controller = 'ECS', ...row }: ServiceRow): void {
    const definition = this.definitions.find(given.family) ?? this.definitions.register(definitionFields.parse(given))
    const setting = { ...row, controller, definition, tags: { Env: row.cluster.replace('demo-', '') } }
    const days = 3 + ((this.#services.size * 7) % 30)
    const service = new EcsService(
      setting,
      {
        tasksOf: (one) => this.tasksOf(one.setting.cluster).filter((task) => task.service === one.setting.name),
        startTask: (one, runningSince) => this.#startFor(one, runningSince),
        after: (seconds, act) => void this.#clock.after(seconds, act),
      },
      Date.now() - days * DAY_MS,
    )
    this.#services.set(`${row.cluster}/${row.name}`, service)
  }

  #startFor(service: EcsService, runningSince?: number): Task {
    const { cluster, name, launchType, capacityProvider, platformVersion, hasExec } = service.setting
    return this.#add(
      {
        ...usual(service.definition),
        cluster,
        group: `service:${name}`,
        launchType,
        capacityProvider,
        platformVersion,
        hasExec,
        startedBy: service.deploymentId,
      },
      runningSince,
    )
  }

  #add(making: Omit<TaskMaking, 'privateIp' | 'zone'>, runningSince?: number): Task {
    const index = this.#addresses
    this.#addresses += 1
    const privateIp = `10.20.${FIRST_SUBNET + (Math.floor(index / 200) % 30)}.${20 + (index % 200)}`
    const zone = `${this.place.region}${'abc'.charAt(index % 3)}`
    const task = new Task({ ...making, privateIp, zone }, this.#stage, runningSince)
    this.#tasks.set(task.id, task)
    return task
  }

  #stopped(task: Task): void {
    this.#clock.after(FORGOTTEN_SECONDS, () => this.#tasks.delete(task.id))
    this.replaceStopped(task)
  }

  /** Lets the service of a task that stops start another one. */
  replaceStopped(task: Task): void {
    const service = task.service === undefined ? undefined : this.service(task.making.cluster, task.service)
    if (service?.setting.controller === 'ECS') service.look()
  }
}

// A task of Fargate without anything of its own.
function usual(definition: TaskDefinition): Omit<TaskMaking, 'privateIp' | 'zone' | 'cluster' | 'group'> {
  return {
    definition,
    launchType: 'FARGATE',
    capacityProvider: undefined,
    platformVersion: '1.4.0',
    hasExec: true,
    overrides: { containerOverrides: [] },
    tags: {},
    startedBy: undefined,
    isLazy: true,
  }
}
