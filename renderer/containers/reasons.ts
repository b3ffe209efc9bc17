// Why no command can be executed in a container, obstacle by obstacle, and what can be done about it: for the details, which have room for
// more than the one line of an error. Errors and the command line: shared/execwords.ts. Pure.
//
// Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec": considerations and prerequisites.

import { ENABLE_EXEC, roleActionsText, stopTaskCommand, updateServiceCommand } from '../../shared/execwords'
import type { Container, ExecObstacle } from '../../shared/model/container'
import { containerWords } from './words'

/** One obstacle: what is the case, and what removes it. */
export interface Obstacle {
  readonly kind: ExecObstacle
  readonly title: string
  readonly text: string
  readonly advice: string
  /** An AWS command that does what the advice says. */
  readonly command?: string
}

const ACTIONS = roleActionsText({ isFull: true })

function offered(command: string | undefined): { readonly command?: string } {
  return command === undefined ? {} : { command }
}

function obstacle(kind: ExecObstacle, container: Container): Obstacle {
  const isOfService = container.service !== undefined
  const anew = isOfService ? 'The service then replaces its tasks.' : 'Then start the task again.'
  switch (kind) {
    case 'not-enabled':
      return {
        kind,
        title: 'ECS Exec is not enabled for this task',
        text: 'A running task cannot be given ECS Exec: it counts when the task is started.',
        advice: isOfService
          ? 'Enable it for the service, which then replaces its tasks:'
          : `Start the task again with ${ENABLE_EXEC}.`,
        ...offered(updateServiceCommand(container, ENABLE_EXEC)),
      }
    case 'agent-pending':
      return {
        kind,
        title: 'The exec agent is starting',
        text: 'It starts within seconds after the container.',
        advice: 'Wait a moment. The list shows when it runs.',
      }
    case 'agent-stopped':
      return {
        kind,
        title: 'The exec agent has stopped',
        text: `ECS does not start it again. It stops where the task role does not allow ${ACTIONS}, or where ssmmessages cannot be reached from the subnet.`,
        advice: isOfService ? 'Stop the task. The service starts another one:' : 'Stop the task and start it again:',
        ...offered(stopTaskCommand(container)),
      }
    case 'no-task-role':
      return {
        kind,
        title: 'The task has no task role',
        text: 'The exec agent connects with the task role, not with the execution role.',
        advice: `Give the task definition a task role that allows ${ACTIONS}. ${anew}`,
      }
    case 'read-only-root':
      return {
        kind,
        title: 'The root filesystem is read-only',
        text: 'The exec agent writes files into the container.',
        advice: `Set readonlyRootFilesystem to false in the task definition. ${anew}`,
      }
    case 'platform-version':
      return {
        kind,
        title: 'The Fargate platform version is too old',
        text: 'ECS Exec needs 1.4.0 or newer with Linux, 1.0.0 or newer with Windows.',
        advice: isOfService
          ? 'Move the service to the newest version:'
          : 'Start the task again with --platform-version LATEST.',
        ...offered(updateServiceCommand(container, '--platform-version LATEST')),
      }
    case 'shared-pid':
      return {
        kind,
        title: 'The containers of the task share one PID namespace',
        text: 'With pidMode "task" ECS Exec reaches only one container of a task.',
        advice: `Open the shell in another container of the task, or remove pidMode from the task definition. ${anew}`,
      }
    case 'not-running':
      return {
        kind,
        title: `The container is ${containerWords(container).word.toLowerCase()}`,
        text: 'A command is executed in a running container only.',
        advice: isOfService ? 'Choose a container of another task of the service.' : 'Start the task again.',
      }
  }
}

/** The obstacles of a container; empty if a command can be executed in it. */
export function obstaclesOf(container: Container): readonly Obstacle[] {
  const { exec } = container
  return exec.kind === 'ready' ? [] : exec.obstacles.map((kind) => obstacle(kind, container))
}
