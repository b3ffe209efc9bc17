// Errors of Amazon ECS as ours: its refusals of a command in a container, and clusters, services and tasks that do not exist. Pure.
//
// ECS has few codes. InvalidParameterException stands for a task without ECS Exec as well as for a malformed request, so the text decides.
// Source: ECS API reference, "Common errors", ExecuteCommand "Errors"; ECS developer guide, "Monitor Amazon ECS containers with ECS Exec".

import type { ErrorCode } from '../../../shared/errors'
import { roleActionsText } from '../../../shared/execwords'
import { commandLine, type CommandSubject } from './commands'
import { excerpt } from './foreigntext'

/** What a call to ECS is about, as far as it is known. */
export interface EcsSubject {
  readonly cluster?: string
  readonly service?: string
  readonly taskId?: string
  readonly container?: string
}

/** What an error of ECS means, as the parts of an `AppError`. */
interface Meaning {
  readonly code: Extract<ErrorCode, 'unknown-instance' | 'exec-blocked' | 'usage' | 'access-denied' | 'not-supported'>
  readonly message: string
  readonly command?: string | undefined
}

interface Call extends CommandSubject {
  readonly action: string
  readonly region: string
  readonly ecs?: EcsSubject
}

/** The resource that a policy has to name for an action. Source: Service authorization reference, "Amazon Elastic Container Service". */
export function ecsPattern(
  action: string,
  place: { readonly region: string; readonly partition: string },
  { cluster = '*', service = '*' }: EcsSubject = {},
): string {
  const arn = (kind: string): string => `arn:${place.partition}:ecs:${place.region}:*:${kind}`
  switch (action.slice('ecs:'.length)) {
    case 'DescribeClusters':
      return arn(`cluster/${cluster}`)
    case 'DescribeServices':
      return arn(`service/${cluster}/${service}`)
    case 'DescribeTasks':
    case 'StopTask':
    case 'TagResource':
      return arn(`task/${cluster}/*`)
    case 'ExecuteCommand':
      return `${arn(`cluster/${cluster}`)} and ${arn(`task/${cluster}/*`)}`
    case 'RunTask':
      return arn('task-definition/*')
    default:
      return '*'
  }
}

/** The meaning of an error of ECS; undefined where the error is not one of ECS alone. */
export function ecsMeaning(
  error: { readonly name: string; readonly message: string },
  call: Call,
): Meaning | undefined {
  if (!call.action.startsWith('ecs:')) return undefined
  const { region, ecs = {} } = call
  const where = { region, profile: call.source.kind === 'profile' ? call.source.name : undefined }
  const { cluster = '', service = '', taskId = '', container = '' } = ecs
  switch (error.name) {
    case 'ClusterNotFoundException':
      return {
        code: 'unknown-instance',
        message: `There is no cluster ${cluster} in ${region}: check its name, the profile and the region.`,
        command: commandLine('aws ecs list-clusters', where),
      }
    case 'ServiceNotFoundException':
    case 'ServiceNotActiveException':
      return {
        code: 'unknown-instance',
        message: `There is no service ${service} in the cluster ${cluster} in ${region}: check its name.`,
        command: commandLine('aws ecs list-services', { cluster, ...where }),
      }
    case 'TargetNotConnectedException':
      return {
        code: 'exec-blocked',
        message:
          `The exec agent of ${container === '' ? 'the container' : container} in task ${taskId} is not connected. ` +
          `The role of its task has to allow ${roleActionsText({ isFull: false })}, and the task needs a way to ssmmessages in ${region}: ` +
          'internet access or a VPC endpoint.',
        command: commandLine('aws ecs describe-tasks', { cluster, tasks: taskId, ...where }),
      }
    case 'TargetNotFoundException':
      return {
        code: 'unknown-instance',
        message: `There is no task ${taskId} with the container ${container} in the cluster ${cluster}: list the containers again.`,
      }
    case 'InvalidParameterException':
    case 'ClientException':
    case 'ConflictException':
      return refused(error.message, call)
    case 'PlatformUnknownException':
    case 'PlatformTaskDefinitionIncompatibilityException':
      return {
        code: 'usage',
        message:
          `ECS refused ${call.action} because of the platform version (${said(error.message)}): ` +
          'look at the platform version of the service and at what its task definition asks for.',
      }
    case 'LimitExceededException':
      return {
        code: 'usage',
        message:
          `ECS refused ${call.action} because a quota of the account in ${region} is used up (${said(error.message)}): ` +
          'stop tasks, or ask for more in Service Quotas.',
      }
    case 'UnsupportedFeatureException':
      return {
        code: 'not-supported',
        message: `ECS does not offer this in ${region} (${said(error.message)}): choose another region or another service.`,
      }
    case 'BlockedException':
      return {
        code: 'access-denied',
        message: `AWS has blocked this account (${said(error.message)}), so ${call.action} is refused: ask AWS Support.`,
      }
    default:
      return undefined
  }
}

function said(text: string): string {
  return text.trim() === '' ? 'without a text' : excerpt(text)
}

function refused(text: string, { action, ecs = {} }: Call): Meaning {
  const { taskId = '', container = '' } = ecs
  if (action === 'ecs:ExecuteCommand' && /execute command (was not|is not) enabled|agent isn.t running/i.test(text)) {
    const message =
      `No command can be executed in ${container} of task ${taskId}: it was started without ECS Exec, or its exec agent does not run. ` +
      'Enable ECS Exec on its service and start new tasks, or wait until the agent runs.'
    return { code: 'exec-blocked', message }
  }
  if (/(task|container) was not found|referenced task/i.test(text)) {
    return {
      code: 'unknown-instance',
      message: `ECS does not know what was asked for (${said(text)}): list the containers again.`,
    }
  }
  return { code: 'usage', message: `ECS refused ${action} (${said(text)}): correct the request and try again.` }
}
