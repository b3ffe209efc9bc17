// What the tests of this room share: a small ECS whose containers are processes of this computer, so that the programs of watcher.ts really
// run. A second of their `sleep` takes 5 ms.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import type { EcsCalls, RunTaskRequest, ServiceRecipe, TaskState } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { EphemeralView } from '../../../shared/model/ephemeral'
import type { Environment } from '../environments/environment'
import type { Shell } from '../sessions/shell'
import { Holdings } from './holdings'
import type { EphemeralOptions } from './session'
import { defaultEphemeralTiming } from './timing'

/** How a service's tasks are started. */
export const recipe: ServiceRecipe = {
  service: {
    id: 'shop/web',
    cluster: 'shop',
    name: 'web',
    desired: 2,
    running: 2,
    pending: 0,
    taskDefinition: 'web:7',
    launchType: 'FARGATE',
    hasExec: true,
  },
  controller: 'ECS',
  volumeConfigurations: [],
  definition: {
    arn: 'arn:aws:ecs:eu-central-1:111122223333:task-definition/web:7',
    family: 'web',
    taskRoleArn: 'arn:aws:iam::111122223333:role/web',
    memoryMiB: 8_192,
    cpuUnits: 2_048,
    containers: [{ name: 'app', isEssential: true, isRootReadOnly: false, image: 'web' }],
    whole: { family: 'web', revision: 7, status: 'ACTIVE', containerDefinitions: [{ name: 'app', image: 'web' }] },
  },
}

/** A task of the stage. */
interface Running {
  readonly state: TaskState
  readonly main: ChildProcess
  readonly execs: ChildProcess[]
}

/** The stage. Disposing ends every process. */
export class Stage implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'culvert-ephemeral-'))
  readonly asked: string[] = []
  readonly tasks: Running[] = []
  readonly requests: RunTaskRequest[] = []
  readonly views: EphemeralView[] = []
  readonly notices: string[] = []
  readonly holdings = new Holdings(this.folder, 'command')
  now = 1_700_000_000_000
  recipe = recipe
  /** What the image does with the command that it is given. */
  image: 'runs' | 'ignores' | 'exits' = 'runs'
  /** Whether what is typed arrives. */
  isCut = false
  /** Asked before each session of ExecuteCommand; throws to refuse it. */
  refuse: (count: number) => void = () => undefined
  /** What the settings of the environment ask for. */
  requiredReason: () => Promise<string | undefined> = () => Promise.resolve(undefined)
  /** Called once a task has been started, before the answer. */
  answer: () => void = () => undefined
  /** How long after the start of a shell its agent reads what it prints: a second, in AWS. The agent ends with its container. */
  agentMs = 0
  #execs = 0

  constructor() {
    writeFileSync(join(this.folder, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.005\n', { mode: 0o755 })
  }

  /** The view as it is now. */
  get view(): EphemeralView | undefined {
    return this.views.at(-1)
  }

  /** Resolves with the status of a task's main process. */
  async ended(index = 0): Promise<number | null> {
    const main = this.tasks[index]?.main
    if (main === undefined) throw new Error('there is no such task')
    if (main.exitCode === null && main.signalCode === null) await once(main, 'exit')
    return main.exitCode
  }

  options(more: Partial<EphemeralOptions> = {}): EphemeralOptions {
    return {
      environment: {
        ecs: this.ecs,
        identity: () => Promise.resolve({ accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/ann' }),
        openShell: (options) => this.#openShell(options),
        requiredReason: () => this.requiredReason(),
      },
      ref: { kind: 'demo' },
      fields: { cluster: 'shop', service: 'web' },
      limits: { leaseMinutes: 20, resumeMinutes: 20, limit: 5, open: 0 },
      computer: '0a1b2c3d4e5f',
      holdings: this.holdings,
      timing: { ...defaultEphemeralTiming, beatMs: 20, pollMs: 5, maxPollMs: 5, lookMs: 5, statusMs: 5_000 },
      now: () => this.now,
      size: { cols: 80, rows: 24 },
      isDerived: false,
      signal: new AbortController().signal,
      changed: (view) => this.views.push(view),
      notice: (text) => this.notices.push(text),
      ...more,
    }
  }

  readonly ecs: EcsCalls = {
    listContainers: () => Promise.reject(new Error('not asked')),
    clusterNames: () => Promise.resolve(['shop']),
    containersOf: () => Promise.reject(new Error('not asked')),
    executeCommand: () => Promise.reject(new Error('not asked')),
    serviceRecipe: () => Promise.resolve(this.recipe),
    runTask: (request) => this.#run(request),
    describeTasks: (_, ids) => Promise.resolve(this.#states().filter(({ taskId }) => ids.includes(taskId))),
    tasksStartedBy: (_, startedBy) =>
      Promise.resolve(
        this.#states().filter((state) => state.startedBy === startedBy && state.desiredStatus === 'RUNNING'),
      ),
    stopTask: (_, taskId, reason) => {
      this.asked.push(`stop ${reason}`)
      const task = this.tasks.find(({ state }) => state.taskId === taskId)
      task?.main.kill('SIGTERM')
      return Promise.resolve()
    },
    registerTaskDefinition: (definition) => {
      this.asked.push(`register ${String(definition['family'])}`)
      return Promise.resolve('arn:derived:1')
    },
    deregisterTaskDefinition: (arn) => {
      this.asked.push(`deregister ${arn}`)
      return Promise.resolve()
    },
  }

  async #run(request: RunTaskRequest): Promise<TaskState> {
    this.requests.push(request)
    const known = this.tasks.find(({ state }) => state.taskId === request.clientToken)
    if (known === undefined) this.#start(request)
    this.answer()
    const [state] = await this.ecs.describeTasks('', [request.clientToken], new AbortController().signal)
    if (state === undefined) throw new Error('it was not started')
    return state
  }

  #start(request: RunTaskRequest): void {
    const isOwn = request.taskDefinitionArn !== undefined
    const command = isOwn ? ['sh', '-c', ...request.command] : request.command
    const does = isOwn ? 'runs' : this.image
    const main = this.#spawn(does === 'runs' ? command : does === 'ignores' ? ['/bin/sleep', '1000'] : ['false'])
    const [execs, { clientToken: taskId, startedBy, tags }]: [ChildProcess[], RunTaskRequest] = [[], request]
    const state = { cluster: 'shop', taskId, lastStatus: '', desiredStatus: '', startedBy, tags, containers: [] }
    this.tasks.push({ main, execs, state })
    // All processes of a container end with its main process.
    main.once('exit', () => execs.forEach((each) => killGroup(each)))
  }

  #states(): readonly TaskState[] {
    return this.tasks.map(({ main, state }) => {
      const isOver = main.exitCode !== null || main.signalCode !== null
      const status = isOver ? 'STOPPED' : 'RUNNING'
      return {
        ...state,
        lastStatus: status,
        desiredStatus: status,
        ...(isOver
          ? { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' }
          : {}),
        containers: [
          {
            name: 'app',
            runtimeId: `${state.taskId}-1`,
            lastStatus: status,
            execAgent: 'RUNNING',
            ...(main.exitCode === null ? {} : { exitCode: main.exitCode }),
          },
        ],
      }
    })
  }

  async #openShell({ exec, signal }: Parameters<Environment['openShell']>[0]): Promise<Shell> {
    this.refuse((this.#execs += 1))
    signal.throwIfAborted()
    const task = this.tasks.find(({ state }) => state.taskId === exec?.taskId)
    if (task === undefined || exec === undefined) throw new AppError('unknown-instance', 'There is no such task.')
    const child = this.#spawn(words(exec.command))
    task.execs.push(child)
    const output = this.agentMs === 0 ? child.stdout : this.#sentLater(child.stdout, task.main)
    const over = this.agentMs === 0 ? once(child, 'exit') : once(output, 'finish')
    const ended = over.then(() => ({ text: '', exitCode: undefined }))
    return {
      sessionId: `ecs-execute-command-${this.#execs}`,
      output,
      stderr: child.stderr,
      ended,
      write: async (bytes) => {
        if (!this.isCut) child.stdin.write(bytes)
      },
      wake: () => undefined,
      forecast: {},
      resize: () => undefined,
      answers: () => Promise.resolve(true),
      [Symbol.asyncDispose]: async () => {
        if (!this.isCut) killGroup(child)
      },
    }
  }

  #sentLater(from: Readable, main: ChildProcess): Readable & NodeJS.WritableStream {
    const sent = new PassThrough()
    // Node drops what an ended process has printed into a pipe that is not read.
    const kept = from.pipe(new PassThrough())
    const timer = setTimeout(() => kept.pipe(sent), this.agentMs)
    main.once('exit', () => {
      clearTimeout(timer)
      kept.unpipe(sent)
    })
    return sent
  }

  #spawn([program = '', ...args]: readonly string[]) {
    const env = { PATH: `${this.folder}:/usr/bin:/bin` }
    const child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.on('error', () => undefined)
    // A program that does not exist: the agent ends the session.
    child.on('error', () => child.emit('exit', 127))
    return child
  }

  [Symbol.dispose](): void {
    for (const { main, execs } of this.tasks) for (const child of [main, ...execs]) killGroup(child)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Ends a process with what it has started. */
export function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

/** Splits as shlex does. The programs of this room have no other quotes than these. */
export function words(command: string): readonly string[] {
  const found = /** a word: quoted pieces side by side, or a plain one */ /(?:'[^']*'|"[^"]*"|[^\s'"]+)+/g
  return (command.match(found) ?? []).map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}
