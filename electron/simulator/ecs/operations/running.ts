// RunTask and StopTask.
//
// A request that is right may still start nothing: the answer then has `failures`, with status 200. A client token starts its tasks once.
// Source: ECS API reference, RunTask, StopTask, "API failure reasons".

import * as z from 'zod'
import { fault, reply, type Fault } from '../../api/answers'
import type { Json } from '../../api/operation'
import type { EcsAccount } from '../account'
import { describeTask } from './describing'
import { clusterArn, shortName } from '../names'
import { ecsOperation, unknownCluster, type EcsOperation } from './operation'
import { planRun, runFields, type RunPlan } from './runchecks'
import type { TaskDefinition } from '../shapes'
import type { Task } from '../task'

/** The memory of the one container instance, which its tasks share. MiB. */
const INSTANCE_MIB = 7_680
const REMEMBERED_TOKENS = 1_000
const NO_CAPACITY = 'Capacity is unavailable at this time. Please try again later or in a different availability zone'

function memoryOf({ containerDefinitions }: TaskDefinition): number {
  return containerDefinitions.reduce(
    (sum, { memory, memoryReservation }) => sum + (memoryReservation ?? memory ?? 0),
    0,
  )
}

/** Why no task can be placed; undefined where one can. */
function placementFailure(account: EcsAccount, cluster: string, plan: RunPlan): Json | undefined {
  const failure = account.takePlacementFailure()
  if (failure === 'capacity') return { reason: NO_CAPACITY }
  if (plan.launchType !== 'EC2') return undefined
  const used = account
    .tasksOf(cluster)
    .filter(({ making, status }) => making.launchType === 'EC2' && status !== 'STOPPED')
    .reduce((sum, { making }) => sum + memoryOf(making.definition), 0)
  const isFull = failure === 'memory' || used + memoryOf(plan.definition) > INSTANCE_MIB
  const arn = `${clusterArn(account.place, cluster).replace(':cluster/', ':container-instance/')}/5a1c0e7b93d84f26a4e8b1d70c6f3952`
  return isFull ? { arn, reason: 'RESOURCE:MEMORY' } : undefined
}

function hasInstances(account: EcsAccount, cluster: string): boolean {
  return account.tasksOf(cluster).some(({ making }) => making.launchType === 'EC2')
}

function answerTasks(account: EcsAccount, tasks: readonly Task[]): ReturnType<EcsOperation> {
  return reply({ tasks: tasks.map((task) => describeTask(account.place, task, true)), failures: [] })
}

const runTask = ecsOperation(runFields, (request, { account }) => {
  const cluster = shortName(request.cluster)
  if (!account.hasCluster(cluster)) return unknownCluster()
  const plan = planRun(request, account)
  if ('code' in plan) return plan
  const { clientToken } = request
  const text = JSON.stringify(request)
  const used = clientToken === undefined ? undefined : account.tokens.get(clientToken)
  if (used !== undefined) {
    if (used.request !== text) {
      return fault('ConflictException', 'The client token is in use by another RunTask request.')
    }
    return answerTasks(
      account,
      used.taskIds.flatMap((id) => account.task(cluster, id) ?? []),
    )
  }
  if (plan.launchType !== 'FARGATE' && !hasInstances(account, cluster)) {
    return fault('InvalidParameterException', 'No Container Instances were found in your cluster.')
  }
  if (!account.canRun) {
    return reply({ tasks: [], failures: [{ reason: 'CAPACITY', detail: 'The Demo runs containers on Linux only.' }] })
  }
  const failed = placementFailure(account, cluster, plan)
  if (failed !== undefined) return reply({ tasks: [], failures: [failed] })
  const failure = account.takeStartFailure()
  const tasks = Array.from({ length: request.count }, () =>
    account.run({
      ...plan,
      cluster,
      group: request.group ?? `family:${plan.definition.family}`,
      hasExec: request.enableExecuteCommand,
      startedBy: request.startedBy,
      failure,
    }),
  )
  if (clientToken !== undefined) {
    account.tokens.set(clientToken, { request: text, taskIds: tasks.map(({ id }) => id) })
    const [oldest] = account.tokens.keys()
    if (account.tokens.size > REMEMBERED_TOKENS && oldest !== undefined) account.tokens.delete(oldest)
  }
  return answerTasks(account, tasks)
})

function unknownTask(): Fault {
  return fault('InvalidParameterException', 'The referenced task was not found.')
}

const stopTask = ecsOperation(
  z.object({ cluster: z.string().optional(), task: z.string(), reason: z.string().max(1_024).optional() }),
  (request, { account }) => {
    const cluster = shortName(request.cluster)
    if (!account.hasCluster(cluster)) return unknownCluster()
    const task = account.task(cluster, request.task)
    if (task === undefined) return unknownTask()
    task.stop('UserInitiated', request.reason ?? 'Task stopped by user')
    account.replaceStopped(task)
    return reply({ task: describeTask(account.place, task, true) })
  },
)

/** See above, by name. */
export const runOperations: readonly (readonly [string, EcsOperation])[] = [
  ['RunTask', runTask],
  ['StopTask', stopTask],
]
