// Why no command can be executed in a container, and what to do about it, in words: for errors of the core and the command line. Pure.
//
// Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec": prerequisites and considerations.

import type { ExecObstacle, ExecState } from './model/container'

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
    next:
      'Give its task definition a role that allows ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and ' +
      'OpenDataChannel.',
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

/** The command that enables ECS Exec on a service, where its absence is what is in the way. The names have no characters of a shell. */
export function enableExecCommand(
  exec: ExecState,
  { cluster, service }: { readonly cluster: string; readonly service?: string | undefined },
): string | undefined {
  if (service === undefined || exec.kind !== 'blocked' || !exec.obstacles.includes('not-enabled')) return undefined
  return `aws ecs update-service --cluster ${cluster} --service ${service} --enable-execute-command --force-new-deployment`
}
