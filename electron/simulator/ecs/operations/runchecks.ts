// What RunTask refuses before it starts anything. Pure, except that it looks into the account.
//
// Source: ECS API reference, RunTask; ECS developer guide, "Amazon ECS task placement", "Use an AWS managed volume".

import * as z from 'zod'
import { fault, type Fault } from '../../api/answers'
import type { EcsAccount } from '../account'
import { readTags, tagList, taskOverrides, type TaskDefinition, type TaskOverrides, type Tags } from '../shapes'
import { fargateSizeProblem, memoryProblem } from '../sizes'
import type { LaunchType } from '../task'

/** The JSON of the overrides has at most so many characters. Source: RunTask, overrides. */
const MAX_OVERRIDES = 8_192
const STARTED_BY = /^[A-Za-z0-9_/-]{1,128}$/
const CLIENT_TOKEN = /^[!-~]{1,64}$/
const PLATFORMS = ['LATEST', '1.4.0', '1.3.0']
const PROVIDERS: ReadonlyMap<string, LaunchType> = new Map([
  ['FARGATE', 'FARGATE'],
  ['FARGATE_SPOT', 'FARGATE'],
])

/** The fields of RunTask. */
export const runFields = z.object({
  cluster: z.string().optional(),
  taskDefinition: z.string(),
  count: z.number().int().default(1),
  launchType: z.enum(['FARGATE', 'EC2', 'EXTERNAL', 'MANAGED_INSTANCES']).optional(),
  capacityProviderStrategy: z
    .array(z.object({ capacityProvider: z.string(), weight: z.number().optional(), base: z.number().optional() }))
    .optional(),
  platformVersion: z.string().optional(),
  networkConfiguration: z
    .object({
      awsvpcConfiguration: z
        .object({
          subnets: z.array(z.string()).min(1).max(16),
          securityGroups: z.array(z.string()).max(5).optional(),
          assignPublicIp: z.enum(['ENABLED', 'DISABLED']).optional(),
        })
        .optional(),
    })
    .optional(),
  overrides: z.unknown().optional(),
  enableExecuteCommand: z.boolean().default(false),
  enableECSManagedTags: z.boolean().optional(),
  propagateTags: z.enum(['TASK_DEFINITION', 'SERVICE', 'NONE']).optional(),
  group: z.string().optional(),
  startedBy: z.string().optional(),
  referenceId: z.string().optional(),
  clientToken: z.string().optional(),
  tags: tagList.default([]),
  placementConstraints: z.array(z.unknown()).optional(),
  placementStrategy: z.array(z.unknown()).optional(),
  volumeConfigurations: z
    .array(z.looseObject({ name: z.string(), managedEBSVolume: z.looseObject({ roleArn: z.string() }).optional() }))
    .default([]),
})

/** A request of RunTask. */
export type RunRequest = z.output<typeof runFields>

/** What a request starts. */
export interface RunPlan {
  readonly definition: TaskDefinition
  readonly overrides: TaskOverrides
  readonly tags: Tags
  readonly launchType: LaunchType
  readonly capacityProvider: string | undefined
  readonly platformVersion: string | undefined
}

function invalid(message: string): Fault {
  return fault('InvalidParameterException', message)
}

/** Where the task shall run, or why it cannot. */
function placeOf(
  request: RunRequest,
): { readonly launchType: LaunchType; readonly provider: string | undefined } | Fault {
  const { launchType, capacityProviderStrategy: strategy } = request
  if (strategy !== undefined && strategy.length > 0) {
    if (launchType !== undefined) {
      const both = 'Specifying both a launch type and capacity provider strategy is not supported.'
      return invalid(`${both} Remove one and try again.`)
    }
    const unknown = strategy.find(({ capacityProvider }) => !PROVIDERS.has(capacityProvider))
    if (unknown !== undefined) {
      const rule = 'cannot contain a capacity provider that is not associated with the cluster.'
      const next = 'Associate the capacity provider with the cluster and try again.'
      return invalid(`The specified capacity provider strategy ${rule} ${next}`)
    }
    return { launchType: 'FARGATE', provider: strategy[0]?.capacityProvider }
  }
  if (launchType === 'MANAGED_INSTANCES') return invalid('MANAGED_INSTANCES requires a capacity provider strategy.')
  return { launchType: launchType ?? 'EC2', provider: undefined }
}

function platformProblem(request: RunRequest, launchType: LaunchType): Fault | undefined {
  const { platformVersion, enableExecuteCommand } = request
  if (platformVersion === undefined) return undefined
  if (launchType !== 'FARGATE') {
    return invalid(`The platform version must be null when specifying an ${launchType} launch type.`)
  }
  if (!PLATFORMS.includes(platformVersion)) {
    return fault('PlatformUnknownException', 'The specified platform does not exist.')
  }
  return enableExecuteCommand && platformVersion === '1.3.0'
    ? invalid('The platform version must be 1.4.0 or later to use execute command.')
    : undefined
}

function networkProblem(request: RunRequest, definition: TaskDefinition): Fault | undefined {
  const hasOne = request.networkConfiguration?.awsvpcConfiguration !== undefined
  const wantsOne = definition.networkMode === 'awsvpc'
  if (wantsOne && !hasOne) {
    return invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  }
  return hasOne && !wantsOne
    ? invalid('Network Configuration is not valid for the given networkMode of this task definition.')
    : undefined
}

function sizeProblem(definition: TaskDefinition, overrides: TaskOverrides, isFargate: boolean): Fault | undefined {
  const cpu = Number(overrides.cpu ?? definition.cpu)
  const memory = Number(overrides.memory ?? definition.memory)
  if (isFargate && fargateSizeProblem(cpu, memory) !== undefined) {
    const known = 'See the Amazon ECS documentation for the valid values.'
    return invalid(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. ${known}`)
  }
  const containers = definition.containerDefinitions.map((container) => {
    const own = overrides.containerOverrides.find(({ name }) => name === container.name)
    return {
      name: container.name,
      cpu: own?.cpu ?? container.cpu,
      memory: own?.memory ?? container.memory,
      memoryReservation: own?.memoryReservation ?? container.memoryReservation,
    }
  })
  const problem = memoryProblem(containers, Number.isNaN(memory) ? Number.POSITIVE_INFINITY : memory)
  if (problem !== undefined) return invalid(problem)
  const shares = containers.reduce((sum, container) => sum + container.cpu, 0)
  return shares > cpu ? invalid("The 'cpu' setting for container is greater than for the task.") : undefined
}

function volumeProblem(request: RunRequest, definition: TaskDefinition): Fault | undefined {
  const wanted = definition.volumes.flatMap(({ name, configuredAtLaunch }) =>
    configuredAtLaunch === true && name !== undefined ? [name] : [],
  )
  const given = request.volumeConfigurations.map(({ name }) => name)
  const missing = wanted.find((name) => !given.includes(name))
  if (missing !== undefined)
    return invalid(`The volume '${missing}' is configured at launch: specify its volumeConfigurations.`)
  const extra = given.find((name) => !wanted.includes(name))
  return extra === undefined
    ? undefined
    : invalid(`The volume '${extra}' is not configured at launch in the task definition.`)
}

function textProblem({ count, startedBy, clientToken, group, propagateTags }: RunRequest): Fault | undefined {
  if (count < 1 || count > 10) return invalid('Count must be between 1 and 10.')
  if (startedBy !== undefined && !STARTED_BY.test(startedBy))
    return invalid('startedBy should be at most 128 valid characters.')
  if (clientToken !== undefined && !CLIENT_TOKEN.test(clientToken))
    return invalid('clientToken should be at most 64 characters.')
  if (group?.startsWith('service:') === true) return invalid('Group must not begin with service:.')
  return propagateTags === 'SERVICE' ? invalid('Invalid value for propagateTags.') : undefined
}

/** Reads a request, or says how AWS refuses it. The cluster is known. */
export function planRun(request: RunRequest, account: EcsAccount): RunPlan | Fault {
  const wrongText = textProblem(request)
  if (wrongText !== undefined) return wrongText
  const definition = account.definitions.find(request.taskDefinition)
  if (definition === undefined) return fault('ClientException', 'TaskDefinition not found.')
  if (!definition.isActive) return fault('ClientException', 'TaskDefinition is inactive')
  const place = placeOf(request)
  if ('code' in place) return place
  const { launchType, provider } = place
  if (launchType === 'FARGATE' && !definition.requiresCompatibilities.includes('FARGATE')) {
    return invalid('Task definition does not support launch_type FARGATE.')
  }
  if (JSON.stringify(request.overrides ?? {}).length > MAX_OVERRIDES) {
    return invalid(`Container Overrides length must be at most ${MAX_OVERRIDES}`)
  }
  const parsed = taskOverrides.safeParse(request.overrides ?? {})
  if (!parsed.success) return invalid(z.prettifyError(parsed.error))
  const overrides = parsed.data
  const names = definition.containerDefinitions.map(({ name }) => name)
  const stranger = overrides.containerOverrides.find(({ name }) => !names.includes(name ?? ''))
  if (stranger !== undefined) {
    return invalid(`Override for container named ${stranger.name ?? ''} is not a container in the TaskDefinition.`)
  }
  const problem =
    platformProblem(request, launchType) ??
    networkProblem(request, definition) ??
    sizeProblem(definition, overrides, launchType === 'FARGATE') ??
    volumeProblem(request, definition)
  if (problem !== undefined) return problem
  if (request.enableExecuteCommand && (overrides.taskRoleArn ?? definition.taskRoleArn) === undefined) {
    const why = "The task couldn't be started because a valid taskRoleArn is not being used."
    return invalid(`${why} Specify a valid task role in your task definition and try again.`)
  }
  const tags = readTags(request.tags)
  if (typeof tags === 'string') return invalid(tags)
  return {
    definition,
    overrides,
    tags: request.propagateTags === 'TASK_DEFINITION' ? { ...definition.labels, ...tags } : tags,
    launchType,
    capacityProvider: provider,
    platformVersion:
      launchType !== 'FARGATE' || request.platformVersion === 'LATEST' ? undefined : request.platformVersion,
  }
}
