// Whether a command can be executed in a container now, and why not. Pure.
//
// In a task with ECS Exec the exec agent decides: while it runs, commands can be executed. Where it does not run, the task and its
// definition tell the likely reasons.
// Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec", "Considerations" and "Prerequisites".

import type { Task } from '@aws-sdk/client-ecs'
import type { TaskDefinition, TaskState } from '../../../shared/ecscalls'
import type { ExecObstacle, ExecState } from '../../../shared/model/container'

/** The oldest platforms of Fargate with ECS Exec. */
const LINUX_PLATFORM = [1, 4, 0]
const WINDOWS_PLATFORM = [1, 0, 0]

/** The properties of a task that decide whether commands can be executed in its containers. */
export interface ExecTask {
  readonly isExecEnabled: boolean
  readonly isFargate: boolean
  /** "1.4.0"; absent outside Fargate. */
  readonly platformVersion?: string
  readonly isWindows: boolean
  /** The role that the start of the task gave it in place of the definition's. */
  readonly taskRoleArn?: string
}

/** Reads these properties from a task of ECS. */
export function execTaskOf(task: Task): ExecTask {
  const { platformVersion, overrides } = task
  return {
    isExecEnabled: task.enableExecuteCommand === true,
    isFargate: task.launchType === 'FARGATE' || (task.capacityProviderName?.startsWith('FARGATE') ?? false),
    isWindows: task.platformFamily?.toLowerCase().startsWith('windows') ?? false,
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(overrides?.taskRoleArn === undefined ? {} : { taskRoleArn: overrides.taskRoleArn }),
  }
}

function isTooOld({ isFargate, isWindows, platformVersion }: ExecTask): boolean {
  const found = /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})/
    .exec(platformVersion ?? '')
    ?.slice(1)
    .map(Number)
  if (!isFargate || found === undefined) return false
  const least = isWindows ? WINDOWS_PLATFORM : LINUX_PLATFORM
  const at = found.findIndex((part, index) => part !== least[index])
  return at !== -1 && (found[at] ?? 0) < (least[at] ?? 0)
}

/** The state of one container. `definition`: absent where it was not read; then only the reasons in the task itself are found. */
export function execStateOf(
  container: TaskState['containers'][number],
  task: ExecTask,
  definition: TaskDefinition | undefined,
): ExecState {
  const isRunning = container.lastStatus === 'RUNNING'
  if (isRunning && task.isExecEnabled && container.execAgent === 'RUNNING') return { kind: 'ready' }
  const obstacles: ExecObstacle[] = []
  if (!isRunning) obstacles.push('not-running')
  if (!task.isExecEnabled) obstacles.push('not-enabled')
  else if (container.execAgent === 'STOPPED') obstacles.push('agent-stopped')
  else if (isRunning) obstacles.push('agent-pending')
  if (isTooOld(task)) obstacles.push('platform-version')
  if (definition !== undefined) {
    const own = definition.containers.find(({ name }) => name === container.name)
    if (definition.taskRoleArn === undefined && task.taskRoleArn === undefined) obstacles.push('no-task-role')
    if (own?.isRootReadOnly === true) obstacles.push('read-only-root')
    if (definition.pidMode === 'task' && definition.containers.length > 1) obstacles.push('shared-pid')
  }
  const reason = container.execAgentReason ?? container.reason
  return { kind: 'blocked', obstacles, ...(reason === undefined ? {} : { reason }) }
}
