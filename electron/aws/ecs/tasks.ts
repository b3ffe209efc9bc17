// The calls that start and stop tasks, for ephemeral sessions: the recipe of a service, RunTask, StopTask, and derived definitions.

import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs'
import type { EcsCalls } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import { everyPage } from '../pages'
import { definitionArnOf } from './containers'
import type { Definitions } from './definitions'
import { describeServices, describeTasks } from './pagelists'
import type { EcsParts } from './parts'
import { recipeOf } from './recipe'
import { notStarted, runTaskInput } from './runtask'
import { taskStateOf } from './taskstate'

/** The most tasks of one starter that are listed in a cluster: more than any account runs. */
const MAX_TASKS = 1_000
const PAGE = 100
/** Source: ECS API reference, StopTask. */
const MAX_REASON = 255

/** The calls of this file. */
export type TaskCalls = Pick<
  EcsCalls,
  'serviceRecipe' | 'runTask' | 'stopTask' | 'tasksStartedBy' | 'registerTaskDefinition' | 'deregisterTaskDefinition'
>

/** The calls of one account and region. */
export function taskCalls(parts: EcsParts, definitions: Definitions): TaskCalls {
  const { send } = parts
  return {
    serviceRecipe: async (cluster, service, signal) => {
      const [found] = await describeServices(parts, { cluster, services: [service] }, signal)
      if (found === undefined || found.status === 'INACTIVE') {
        throw new AppError(
          'unknown-instance',
          `There is no service ${service} in the cluster ${cluster} in ${parts.region}: check its name.`,
        )
      }
      return recipeOf(found, await definitions.get(definitionArnOf(found), signal))
    },
    runTask: async (request, signal) => {
      const { cluster, name } = request.recipe.service
      const input = runTaskInput(request)
      const call = { action: 'ecs:RunTask', about: { cluster, service: name } } as const
      const answer = await asFailed(
        send(call, signal, async (client, options) => {
          const { RunTaskCommand } = await import('@aws-sdk/client-ecs')
          return client.send(new RunTaskCommand(input), options)
        }),
      )
      const [task] = answer.tasks ?? []
      if (task === undefined) throw notStarted(answer.failures ?? [], cluster)
      return taskStateOf(task)
    },
    tasksStartedBy: async (cluster, startedBy, signal) => {
      // Source: ECS API reference, ListTasks: `startedBy` excludes every other filter.
      const arns = await everyPage<string>({
        maxItems: MAX_TASKS,
        sizeOf: (arn) => arn.length,
        ask: async ({ NextToken: nextToken }) => {
          const page = { cluster, startedBy, maxResults: PAGE, ...(nextToken === undefined ? {} : { nextToken }) }
          const answer = await send(
            { action: 'ecs:ListTasks', about: { cluster } },
            signal,
            async (client, options) => {
              const { ListTasksCommand } = await import('@aws-sdk/client-ecs')
              return client.send(new ListTasksCommand(page), options)
            },
          )
          return { items: answer.taskArns ?? [], next: answer.nextToken }
        },
      })
      if (arns.items.length === 0) return []
      const tasks = await describeTasks(parts, { cluster, tasks: arns.items }, signal)
      // A task that is being stopped is listed a while longer.
      return tasks.map((task) => taskStateOf(task)).filter(({ desiredStatus }) => desiredStatus !== 'STOPPED')
    },
    stopTask: async (cluster, taskId, reason, signal) => {
      const input = { cluster, task: taskId, reason: reason.slice(0, MAX_REASON) }
      try {
        await send({ action: 'ecs:StopTask', about: { cluster, taskId } }, signal, async (client, options) => {
          const { StopTaskCommand } = await import('@aws-sdk/client-ecs')
          return client.send(new StopTaskCommand(input), options)
        })
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unknown-instance') throw error
      }
    },
    registerTaskDefinition: async (definition, signal) => {
      const required = { family: undefined, containerDefinitions: undefined }
      const input: RegisterTaskDefinitionCommandInput = Object.assign(required, definition)
      const call = { action: 'ecs:RegisterTaskDefinition' } as const
      const answer = await asFailed(
        send(call, signal, async (client, options) => {
          const { RegisterTaskDefinitionCommand } = await import('@aws-sdk/client-ecs')
          return client.send(new RegisterTaskDefinitionCommand(input), options)
        }),
      )
      const arn = answer.taskDefinition?.taskDefinitionArn
      if (arn !== undefined) return arn
      throw new AppError('service', 'AWS registered a task definition without its ARN: try again.')
    },
    deregisterTaskDefinition: async (arn, signal) => {
      await send({ action: 'ecs:DeregisterTaskDefinition' }, signal, async (client, options) => {
        const { DeregisterTaskDefinitionCommand } = await import('@aws-sdk/client-ecs')
        return client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }), options)
      })
    },
  }
}

/** A request that ECS refuses starts no task: `task-failed`, in the words of the refusal. */
async function asFailed<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AppError && error.code === 'usage')
      throw new AppError('task-failed', error.message, { cause: error })
    throw error
  }
}
