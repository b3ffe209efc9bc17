// What the tests of the simulated Amazon ECS share: a simulator with short delays, a client of the SDK, tasks that are started and awaited.

import {
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { NaiveClient } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'

/** The production cluster of the Demo. */
export const PRODUCTION = 'demo-production'

/** The simulator of the file. */
export let simulator: Simulator

/** A client of Amazon ECS. */
export let ecs: ECSClient

/** Makes a client of a simulator. */
export const clientOf = (one: Simulator, credentials = one.credentials): ECSClient =>
  new ECSClient({ endpoint: one.endpointUrl, region: one.region, credentials, maxAttempts: 1 })

/** Delays that no test waits for. */
export const AT_ONCE = { provisioningMs: 1, pullMs: 1, agentMs: 1 }

/** A request that starts a task like one of orders-api. */
export const ORDERS: RunTaskCommandInput = {
  cluster: PRODUCTION,
  taskDefinition: 'orders-api',
  launchType: 'FARGATE',
  enableExecuteCommand: true,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-08e15c2d4f7a9b360'] } },
}

/** Overrides of the one container of a task. */
export const commanded = (...command: string[]) => ({ containerOverrides: [{ name: 'app', command }] })

/** Describes one task. */
export async function described(id: string, client = ecs, cluster = PRODUCTION): Promise<Task> {
  const { tasks } = await client.send(new DescribeTasksCommand({ cluster, tasks: [id], include: ['TAGS'] }))
  return tasks![0]!
}

/** Resolves with a task once it is as `isReady` says. */
export function awaited(id: string, isReady: (task: Task) => boolean, client = ecs): Promise<Task> {
  return vi.waitFor(
    async () => {
      const task = await described(id, client)
      expect(isReady(task), JSON.stringify(task)).toBe(true)
      return task
    },
    { timeout: 20_000, interval: 20 },
  )
}

/** Whether the exec agent of each container runs. */
export const hasAgents = (task: Task): boolean =>
  task.containers!.every(({ managedAgents }) => managedAgents?.[0]?.lastStatus === 'RUNNING')

/** Starts a task and returns its id. */
export async function run(request: Partial<RunTaskCommandInput> = {}, client = ecs): Promise<string> {
  const { tasks, failures } = await client.send(new RunTaskCommand({ ...ORDERS, ...request }))
  expect(failures).toEqual([])
  return tasks![0]!.taskArn!.split('/').at(-1)!
}

/** Executes a command in a container and opens its session. */
export async function execute(task: string, command: string, options: { client?: ECSClient; container?: string } = {}) {
  const { client = ecs, container } = options
  const request = { cluster: PRODUCTION, task, command, interactive: true }
  const { session } = await client.send(new ExecuteCommandCommand({ ...request, ...(container && { container }) }))
  const wire = new NaiveClient()
  await wire.open({ sessionId: session!.sessionId!, token: session!.tokenValue!, url: session!.streamUrl! })
  const text = () => wire.bytes().toString()
  const printed = (part: string) => wire.until(() => text().includes(part))
  return { wire, text, sessionId: session!.sessionId!, printed }
}

/** Starts a simulator and a client for the file; call it at the top of a test file. */
export function stageEcs(options: SimulatorOptions = {}): void {
  beforeAll(async () => {
    simulator = await startSimulator({
      isPaced: false,
      shellDelayMs: 0,
      hasBanner: false,
      ...options,
      containers: { delays: AT_ONCE, ...options.containers },
    })
    ecs = clientOf(simulator)
  })
  afterAll(async () => {
    ecs.destroy()
    await simulator[Symbol.asyncDispose]()
  })
}
