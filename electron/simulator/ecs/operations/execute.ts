// ExecuteCommand: a session of Systems Manager whose command runs in a container.
//
// The keys of its answer begin with small letters, and the id of its session with `ecs-execute-command-`.
// Source: ECS API reference, ExecuteCommand; specification §1.3; the words of the refusals as reported in the field.

import * as z from 'zod'
import { fault, reply, type Fault } from '../../api/answers'
import { clusterArn, containerArn, shortName, taskArn } from '../names'
import { ecsOperation, unknownCluster, type EcsOperation } from './operation'
import type { Task } from '../task'
import type { TaskContainer } from '../containers/taskcontainer'

const NO_AGENT =
  "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running. " +
  'Wait and try again or run a new task with execute command enabled and try again.'
const NOT_CONNECTED = 'The execute command failed due to an internal error. Try again later.'
const TASK_LENGTHS = [32, 36]

function invalid(message: string): Fault {
  return fault('InvalidParameterException', message)
}

function containerOf(task: Task, name: string | undefined): TaskContainer | Fault {
  if (name === undefined && task.containers.length > 1) {
    return invalid('The container name must be specified for a task with multiple containers.')
  }
  const container = name === undefined ? task.containers[0] : task.container(name)
  return container ?? invalid('The specified container was not found in the task.')
}

const executeCommand = ecsOperation(
  z.object({
    cluster: z.string().optional(),
    task: z.string(),
    container: z.string().optional(),
    command: z.string().min(1),
    interactive: z.boolean(),
  }),
  (request, { account, startSession }) => {
    const cluster = shortName(request.cluster)
    if (!account.hasCluster(cluster)) return unknownCluster()
    if (!request.interactive) return invalid('Interactive must be true: other modes are not supported.')
    const id = shortName(request.task)
    if (!TASK_LENGTHS.includes(id.length)) return invalid('task length should be one of [32,36]')
    const task = account.task(cluster, id)
    if (task === undefined) return invalid('The specified task was not found.')
    if (task.status !== 'RUNNING') {
      return invalid(`The execute command failed because the task is not running: its status is ${task.status}.`)
    }
    const container = containerOf(task, request.container)
    if ('kind' in container) return container
    if (!task.making.hasExec || container.agent?.status !== 'RUNNING') return invalid(NO_AGENT)
    const { target } = container
    if (target === undefined || !container.isConnected) return fault('TargetNotConnectedException', NOT_CONNECTED)
    return reply({
      clusterArn: clusterArn(account.place, cluster),
      taskArn: taskArn(account.place, cluster, task.id),
      containerArn: containerArn(account.place, { cluster, id: task.id }, container.arnId),
      containerName: container.name,
      interactive: true,
      session: startSession(target, request.command),
    })
  },
)

/** See above, by name. */
export const executeOperations: readonly (readonly [string, EcsOperation])[] = [['ExecuteCommand', executeCommand]]
