// One container of a task: its state, its exec agent, its processes.
//
//   container   PENDING -> RUNNING -> STOPPED        agent   PENDING -> RUNNING | STOPPED
//
// The containers of a task that RunTask starts really run. Those of services are thousands in some tests, so their processes begin with
// the first session to them. Source: ECS API reference, Container, ManagedAgent; ECS developer guide, "Monitor containers with ECS Exec".

import { randomUUID } from 'node:crypto'
import type { ContainerRoom } from '../../agent/plugin'
import type { SessionTarget } from '../../gateway/sessions'
import { Workers } from '../../gateway/workers'
import { imageOf } from './images'
import { newRuntimeId } from '../names'
import { ContainerProcess, scriptedRoom } from './process'
import type { ContainerDefinition } from '../shapes'
import type { TaskStage } from '../stage'

/** The version of the agent that runs in containers. */
const AGENT_VERSION = '3.3.1957.0'

/** The exec agent of a container. */
export interface ExecAgent {
  status: 'PENDING' | 'RUNNING' | 'STOPPED'
  reason: string | undefined
  startedAt: number | undefined
  /** Systems Manager has lost it, and Amazon ECS does not know. */
  isLost?: true
}

/** What a container is made of. */
export interface ContainerMaking {
  readonly definition: ContainerDefinition
  /** The command and variables of RunTask's override. */
  readonly override: {
    readonly command?: readonly string[] | undefined
    readonly environment?: readonly { readonly name: string; readonly value: string }[] | undefined
  }
  readonly cluster: string
  readonly taskId: string
  readonly privateIp: string
  readonly isFargate: boolean
  /** The container has an exec agent. */
  readonly hasExec: boolean
  /** The processes begin with the first session. */
  readonly isLazy: boolean
  readonly stage: TaskStage
}

/** See above. Owns the processes. */
export class TaskContainer {
  readonly arnId = randomUUID()
  readonly definition: ContainerDefinition
  readonly agent: ExecAgent | undefined
  status: 'PENDING' | 'RUNNING' | 'STOPPED' = 'PENDING'
  exitCode: number | undefined
  reason: string | undefined
  readonly #making: ContainerMaking
  readonly #workers: Workers
  #runtimeId: string | undefined
  #process: Promise<ContainerProcess> | undefined
  #onExit: () => void = () => undefined
  #isAgentGone = false

  constructor(making: ContainerMaking) {
    this.#making = making
    this.definition = making.definition
    this.agent = making.hasExec ? { status: 'PENDING', reason: undefined, startedAt: undefined } : undefined
    this.#workers = new Workers(making.stage.sessionLimit, making.stage.full)
  }

  get name(): string {
    return this.definition.name
  }

  /** Undefined before its start. */
  get runtimeId(): string | undefined {
    return this.#runtimeId
  }

  /** The target by which Systems Manager knows it; undefined before its start. Source: specification §1.3. */
  get target(): string | undefined {
    const { cluster, taskId } = this.#making
    return this.#runtimeId === undefined ? undefined : `ecs:${cluster}_${taskId}_${this.#runtimeId}`
  }

  /** Whether a session can be started to it now. */
  get isConnected(): boolean {
    return this.status === 'RUNNING' && this.agent?.status === 'RUNNING' && this.agent.isLost !== true
  }

  /** Starts it. Resolves with the words of the runtime where it cannot be started. `onExit` is called once, when it has stopped. */
  async start(onExit: () => void): Promise<string | undefined> {
    const { taskId, isFargate, isLazy } = this.#making
    this.#onExit = onExit
    this.#runtimeId = newRuntimeId(taskId, isFargate)
    const why = isLazy ? undefined : await this.#begin()
    if (why === undefined) this.status = 'RUNNING'
    return why
  }

  /** It has run since before the simulator's start. */
  wasStarted(onExit: () => void): void {
    this.#onExit = onExit
    this.#runtimeId = newRuntimeId(this.#making.taskId, this.#making.isFargate)
    this.status = 'RUNNING'
  }

  /** Asks the main process to end, as SIGTERM does. */
  async terminate(): Promise<void> {
    if (this.status !== 'RUNNING') return
    if (this.#process === undefined) this.#stopped(0)
    else (await this.#process).terminate()
  }

  /** Ends every process. Resolves when they are gone. */
  async kill(): Promise<void> {
    this.#loseAgent()
    const running = this.#process
    if (running !== undefined) await (await running).dispose()
    this.#stopped(137)
  }

  /** It never started: its task has stopped before. */
  neverStarted(reason: string | undefined): void {
    this.status = 'STOPPED'
    this.reason = reason
    if (this.agent !== undefined) this.agent.status = 'STOPPED'
  }

  /** What a session to it goes to. Only for one that is connected. */
  sessionTarget(id: string): SessionTarget {
    const { taskId, privateIp, stage } = this.#making
    const seen = stage.world.computerAt({ id: taskId, name: this.name, privateIp })
    const computer = { ...seen, container: () => this.#room() }
    return { id, agentVersion: AGENT_VERSION, computer, workers: this.#workers }
  }

  /** The folder that stands for its filesystem, and the id of its main process; for tests. */
  async inside(): Promise<{ readonly folder: string; readonly pid: number | undefined } | undefined> {
    const running = await this.#process
    return running && { folder: running.folder, pid: running.pid }
  }

  async #room(): Promise<ContainerRoom> {
    if (this.status !== 'RUNNING') throw new Error('The container has stopped.')
    if (!this.#making.stage.canRun) return scriptedRoom(this.name)
    if (this.#process === undefined) {
      const why = await this.#begin()
      if (why !== undefined) throw new Error(why)
    }
    const running = await this.#process
    if (running === undefined) throw new Error('The container has stopped.')
    return running.room
  }

  async #begin(): Promise<string | undefined> {
    const { definition, override, stage, taskId } = this.#making
    const image = imageOf(definition.image)
    const ownUser = Number(definition.user?.split(':')[0] ?? image.userId)
    const isRoot = process.getuid?.() === 0
    const made = ContainerProcess.create(
      {
        name: `${this.name} of task ${taskId}`,
        image,
        words: [
          ...(definition.entryPoint ?? image.entryPoint),
          // Docker drops the image's command where the entry point is replaced.
          ...(override.command ?? definition.command ?? (definition.entryPoint === undefined ? image.command : [])),
        ],
        variables: Object.fromEntries(
          [...definition.environment, ...(override.environment ?? [])].map(({ name, value }) => [name, value]),
        ),
        userId: isRoot && ownUser > 0 ? ownUser : undefined,
        clock: stage.scaled,
        hasPty: stage.hasPty,
      },
      stage.folder,
    )
    this.#process = made
    return (await made).start((exitCode) => void this.#mainEnded(exitCode))
  }

  async #mainEnded(exitCode: number): Promise<void> {
    this.#loseAgent()
    await (await this.#process)?.dispose()
    this.#stopped(exitCode)
  }

  #stopped(exitCode: number): void {
    if (this.status === 'STOPPED') return
    this.status = 'STOPPED'
    this.exitCode = exitCode
    this.#loseAgent()
    this.#onExit()
  }

  // The agent is killed with the container. It comes first here, so that it does not tell of the sessions whose processes end.
  #loseAgent(): void {
    if (this.#isAgentGone) return
    this.#isAgentGone = true
    if (this.agent !== undefined) this.agent.status = 'STOPPED'
    const { target } = this
    if (target !== undefined) this.#making.stage.onGone(target)
  }
}
