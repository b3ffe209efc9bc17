// The request of RunTask, and what its answer says of a task that was not started. Pure.

import type { Failure, RunTaskCommandInput } from '@aws-sdk/client-ecs'
import { cutText } from '../../../shared/cut'
import type { RunTaskRequest } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'

const MAX_SAID = 500

/** The request. A capacity provider strategy and a launch type exclude each other. Source: ECS API reference, RunTask. */
export function runTaskInput(request: RunTaskRequest): RunTaskCommandInput {
  const { recipe, container, command, variables, size, clientToken, startedBy, tags } = request
  const { definition, service, platformVersion, capacityProviderStrategy, networkConfiguration, volumeConfigurations } =
    recipe
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value }))
  const { memoryMiB, memoryReservationMiB, cpuUnits } = size.container
  const input: RunTaskCommandInput = {
    cluster: service.cluster,
    taskDefinition: request.taskDefinitionArn ?? definition.arn,
    count: 1,
    enableExecuteCommand: true,
    clientToken,
    startedBy,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    overrides: {
      ...(size.task === undefined
        ? {}
        : {
            memory: String(size.task.memoryMiB),
            ...(size.task.cpuUnits === undefined ? {} : { cpu: String(size.task.cpuUnits) }),
          }),
      containerOverrides: [
        {
          name: container,
          command: [...command],
          memory: memoryMiB,
          ...(memoryReservationMiB === undefined ? {} : { memoryReservation: memoryReservationMiB }),
          ...(cpuUnits === undefined ? {} : { cpu: cpuUnits }),
          ...(environment.length === 0 ? {} : { environment }),
        },
      ],
    },
    ...(service.launchType === 'FARGATE' && platformVersion !== undefined ? { platformVersion } : {}),
    ...(capacityProviderStrategy === undefined ? { launchType: service.launchType } : {}),
  }
  // These fields came from AWS and are passed on in the same form.
  return Object.assign(input, {
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(volumeConfigurations.length === 0 ? {} : { volumeConfigurations }),
  })
}

/** The error of a task that was not started, in the words of AWS and with the next step. */
export function notStarted(failures: readonly Failure[], cluster: string): AppError {
  const [{ reason = '', detail = '' } = {}] = failures
  const said = [reason, detail].filter((text) => text !== '').join(': ')
  const told = said === '' ? 'AWS said nothing of why' : cutText(said, MAX_SAID)
  return new AppError('task-failed', `No task was started in the cluster ${cluster} (${told}). ${nextStep(reason)}`)
}

/** Source: ECS developer guide, "API failures reasons". */
function nextStep(reason: string): string {
  if (reason.startsWith('RESOURCE:'))
    return 'No instance of the cluster has so much left: ask for less memory, or add an instance.'
  if (/^AGENT$/.test(reason))
    return 'The ECS agent of the instance is not connected: look at the instances of the cluster.'
  if (reason.startsWith('ATTRIBUTE'))
    return 'No instance of the cluster has what the task definition asks for: look at its placement constraints.'
  if (/capacity/i.test(reason)) return 'AWS has no room for it in these subnets now: try again in a few minutes.'
  return 'Try again, and look at the events of the service if it stays so.'
}
