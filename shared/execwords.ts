// Why no command can be executed in a container, and what to do about it, in words: for errors of the core and the command line. Pure.
// The actions of a task role and the commands of the AWS CLI are also those that the window shows.
//
// Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec": prerequisites and considerations.

import type { Container, ExecObstacle, ExecState } from './model/container'

/** The actions of ssmmessages that a task role has to allow for the exec agent. Source: "Task IAM role", "ECS Exec permissions". */
const ROLE_ACTIONS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel']

/** The actions in words. `isFull`: each one with its prefix, as a policy names it. */
export function roleActionsText({ isFull }: { readonly isFull: boolean }): string {
  const names = ROLE_ACTIONS.map((name, index) => (isFull || index === 0 ? `ssmmessages:${name}` : name))
  return `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join('')}`
}

interface ObstacleWords {
  /** What follows "the container …". */
  readonly why: string
  /** What to do, as a sentence. */
  readonly next: string
}

const words: Readonly<Record<ExecObstacle, ObstacleWords>> = {
  'not-enabled': {
    why: 'was started without ECS Exec',
    next: 'Enable ECS Exec on its service and start new tasks: running tasks do not get it.',
  },
  'agent-pending': { why: 'has an exec agent that is still starting', next: 'Try again in a few seconds.' },
  'agent-stopped': {
    why: 'has an exec agent that has stopped',
    next: 'Check its task role and its way to ssmmessages, then start a new task.',
  },
  'no-task-role': {
    why: 'has no task role',
    next: `Give its task definition a role that allows ${roleActionsText({ isFull: false })}.`,
  },
  'read-only-root': {
    why: 'has a read-only root filesystem',
    next: 'Set readonlyRootFilesystem to false in its task definition: the exec agent writes files.',
  },
  'platform-version': {
    why: 'runs on a Fargate platform that is too old',
    next: 'Use the platform version 1.4.0 or later (Windows: 1.0.0 or later).',
  },
  'shared-pid': {
    why: 'shares its processes with the other containers of its task',
    next: 'With pidMode task only one container of a task can be used: try another one, or another task.',
  },
  'not-running': { why: 'does not run', next: 'Start a task of its service, or wait until it runs.' },
}

/** The obstacles as what follows "the container …": "was started without ECS Exec, has no task role". */
export function obstaclesText(obstacles: readonly ExecObstacle[]): string {
  return obstacles.map((obstacle) => words[obstacle].why).join(', ')
}

/** What to do, one sentence for each obstacle. */
export function obstaclesNext(obstacles: readonly ExecObstacle[]): string {
  return obstacles.map((obstacle) => words[obstacle].next).join(' ')
}

/** Where a container runs; `service` is undefined if its task belongs to none. */
interface Place {
  readonly cluster: string
  readonly service?: string | undefined
}

/** A name that a shell takes as one word. ECS allows no other ones. */
const NAME = /^[A-Za-z0-9_-]+$/

/** The command that changes a service and replaces its tasks; undefined if there is no service. `change`: its option. */
export function updateServiceCommand({ cluster, service }: Place, change: string): string | undefined {
  if (service === undefined || !NAME.test(cluster) || !NAME.test(service)) return undefined
  return `aws ecs update-service --cluster ${cluster} --service ${service} ${change} --force-new-deployment`
}

/** The command that stops a task. */
export function stopTaskCommand({ cluster, taskId }: Pick<Container, 'cluster' | 'taskId'>): string | undefined {
  return NAME.test(cluster) && NAME.test(taskId) ? `aws ecs stop-task --cluster ${cluster} --task ${taskId}` : undefined
}

/** The option of a service that enables ECS Exec. */
export const ENABLE_EXEC = '--enable-execute-command'

/** The command that enables ECS Exec on a service, where its absence is what is in the way. */
export function enableExecCommand(exec: ExecState, place: Place): string | undefined {
  return exec.kind === 'blocked' && exec.obstacles.includes('not-enabled')
    ? updateServiceCommand(place, ENABLE_EXEC)
    : undefined
}
