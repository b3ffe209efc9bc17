// What would be started for an ephemeral session, and what a person should know before it is. Pure.

import type { RunTaskRequest, ServiceRecipe } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { EphemeralFields, EphemeralPlan } from '../../../shared/model/ephemeral'
import { spanWords } from '../../../shared/status'
import { planSize, type SizePlan } from './sizes'
import { watcherCommand, watcherScript } from './watcher'

/** Source: ECS API reference, TaskOverride: all overrides of a task together, with their JSON. */
const MAX_OVERRIDES = 8_192
/** How long a session lasts that no setting limits: seven days. */
const USUAL_TTL_MINUTES = 7 * 24 * 60
/** The command of a session that names none. */
const USUAL_COMMAND = '/bin/sh'

/** What the settings and the account allow. */
export interface EphemeralLimits {
  /** Of the environment; absent: seven days. */
  readonly ttlMinutes?: number
  readonly leaseMinutes: number
  /** A lost session is resumed for as long: a lease is never shorter. */
  readonly resumeMinutes: number
  readonly limit: number
  /** The sessions that are open now; undefined: AWS may not be asked. */
  readonly open: number | undefined
}

/** A plan with all that the start needs. */
export interface StartPlan {
  readonly told: EphemeralPlan
  readonly sizes: SizePlan
  readonly command: string
}

/** The first essential container, or the one that a person names. Throws `usage` for a name that does not fit. */
function containerOf({ definition, service }: ServiceRecipe, wanted: string | undefined): string {
  const { containers } = definition
  const names = containers.filter(({ isEssential }) => isEssential).map(({ name }) => name)
  const container = wanted ?? names[0]
  if (container === undefined)
    throw new AppError('usage', `The task definition of ${service.id} has no essential container.`)
  if (names.includes(container)) return container
  const why = containers.some(({ name }) => name === container)
    ? `The container ${container} is not essential: its task would go on after the session`
    : `The task definition of ${service.id} has no container ${container}`
  throw new AppError('usage', `${why}. Choose ${names.join(' or ')}.`)
}

/** Plans a session. `problem` in the plan says why it cannot be started. Throws `usage` for wishes that do not fit the service. */
export function planEphemeral(recipe: ServiceRecipe, fields: EphemeralFields, limits: EphemeralLimits): StartPlan {
  const { service, definition } = recipe
  const container = containerOf(recipe, fields.container)
  const wanted = {
    ...(fields.memoryMiB === undefined ? {} : { memoryMiB: fields.memoryMiB }),
    ...(fields.cpuUnits === undefined ? {} : { cpuUnits: fields.cpuUnits }),
  }
  const sizes = planSize(definition, { container, launchType: service.launchType, wanted })
  const ttlMinutes = fields.ttlMinutes ?? limits.ttlMinutes ?? USUAL_TTL_MINUTES
  const problem = problemOf(recipe, limits)
  return {
    told: {
      cluster: service.cluster,
      service: service.name,
      container,
      taskDefinition: definition.arn.slice(definition.arn.lastIndexOf('/') + 1),
      launchType: service.launchType,
      memoryMiB: sizes.memoryMiB,
      cpuUnits: sizes.cpuUnits,
      ...(sizes.appMemoryMiB === undefined ? {} : { appMemoryMiB: sizes.appMemoryMiB }),
      ttlMinutes,
      leaseMinutes: leaseOf(limits),
      open: limits.open ?? 0,
      limit: limits.limit,
      warnings: warningsOf(recipe, { fields, container, sizes, limits }),
      ...(problem === undefined ? {} : { problem }),
    },
    sizes,
    command: fields.command ?? USUAL_COMMAND,
  }
}

/** The lease, which is never shorter than a lost session is resumed. */
function leaseOf({ leaseMinutes, resumeMinutes }: EphemeralLimits): number {
  return Math.max(leaseMinutes, resumeMinutes)
}

function problemOf({ service, definition }: ServiceRecipe, { limit, open }: EphemeralLimits): string | undefined {
  if (service.ephemeralProblem !== undefined) return service.ephemeralProblem
  if (/windows/i.test(definition.operatingSystem ?? '')) {
    return 'Its containers run Windows, and an ephemeral session needs a sh.'
  }
  if (definition.taskRoleArn === undefined) {
    return 'Its task definition has no task role, and ECS Exec needs one that allows the actions of ssmmessages: give it one.'
  }
  if (limit > 0 && open !== undefined && open >= limit) {
    return `${open} ephemeral sessions are open, and ${limit} is the limit of this environment: end one first.`
  }
  return undefined
}

/** What a person should know, one sentence each. */
function warningsOf(
  { definition, volumeConfigurations }: ServiceRecipe,
  {
    fields,
    container,
    sizes,
    limits,
  }: { fields: EphemeralFields; container: string; sizes: SizePlan; limits: EphemeralLimits },
): readonly string[] {
  const others = definition.containers.map(({ name }) => name).filter((name) => name !== container)
  const lease = leaseOf(limits)
  const own = definition.containers.find(({ name }) => name === container)
  const app = sizes.appMemoryMiB
  return [
    'This is a new container, configured as those of the service, and none of the running ones: their processes and files are not here. It is not restarted.',
    ...(app === undefined || app === sizes.memoryMiB
      ? []
      : [`It has ${size(sizes.memoryMiB)} of memory, not the ${size(app)} of the app.`]),
    ...(fields.variables === undefined && fields.command === undefined
      ? []
      : [
          'The command and the variables can be read in AWS by everyone who may call ecs:DescribeTasks or read CloudTrail.',
        ]),
    ...(others.length === 0 ? [] : [`The other containers of the task run too: ${others.join(', ')}.`]),
    ...(volumeConfigurations.length === 0 ? [] : ['It gets new, empty EBS volumes, which are deleted with it.']),
    ...(own?.isRootReadOnly === true
      ? ['Its root file system is read-only: ECS Exec needs writable folders for its agent, and may not work.']
      : []),
    ...(lease === limits.leaseMinutes
      ? []
      : [`The lease is ${lease} minutes, not ${limits.leaseMinutes}: a lost connection is resumed for as long.`]),
    ...(limits.open === undefined
      ? ['AWS may not be asked how many sessions are open: the limit is not checked.']
      : []),
    'AWS ends a session in which nothing passes for 20 minutes.',
  ]
}

/** A size in the words of the field. */
function size(memoryMiB: number): string {
  return `${memoryMiB.toLocaleString('en-US')} MiB`
}

/** A time to live in words. */
export function ttlWords(ttlMinutes: number): string {
  return spanWords(ttlMinutes * 60_000)
}

/** Makes the watcher's command. Throws `usage` where the overrides are longer than AWS takes, with what is left. */
export function watcherFor(
  { told, sizes }: StartPlan,
  options: {
    readonly nonce: string
    readonly entryPoint: readonly string[] | undefined
    readonly variables: RunTaskRequest['variables']
    readonly seconds: { readonly first: number; readonly lease: number; readonly ttl: number }
  },
): readonly string[] {
  const { nonce, entryPoint, variables, seconds } = options
  const script = watcherScript(nonce, {
    firstSeconds: seconds.first,
    leaseSeconds: seconds.lease,
    ttlSeconds: seconds.ttl,
  })
  const command = watcherCommand(script, entryPoint)
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value }))
  const length = (variables: readonly unknown[]): number =>
    JSON.stringify({
      ...sizes.size.task,
      containerOverrides: [{ name: told.container, command, environment: variables, ...sizes.size.container }],
    }).length
  if (length(environment) <= MAX_OVERRIDES) return command
  const left = MAX_OVERRIDES - length([])
  throw new AppError(
    'usage',
    `The variables are too long: AWS takes overrides of 8,192 characters, of which ${left} are left for variables. Give fewer or shorter ones.`,
  )
}
