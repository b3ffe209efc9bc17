// How many ephemeral sessions are open, and what the settings allow. The limit is advisory: two may start at once.

import type { EcsCalls, TaskState } from '../../../shared/ecscalls'
import type { EnvironmentSettings } from '../../../shared/environmentsettings'
import { AppError, asAppError } from '../../../shared/errors'
import { shownName } from '../../../shared/foreigntext'
import type { OpenEphemeral } from '../../../shared/model/ephemeral'
import type { Settings } from '../../../shared/settings'
import { spanWords } from '../../../shared/status'
import { openOf, STARTED_BY } from './marks'
import type { EphemeralLimits } from './plan'

/** The limit of an environment that has none of its own. */
const USUAL_LIMIT = 5
/** Sessions that the message of a limit lists. */
const MAX_LISTED = 10
const MAX_OWNER = 120

/** What the settings allow. */
export function limitsOf(
  settings: Pick<Settings, 'leaseMinutes' | 'resumeMinutes'>,
  { ephemeralMinutes, ephemeralLimit = USUAL_LIMIT }: Pick<EnvironmentSettings, 'ephemeralMinutes' | 'ephemeralLimit'>,
): Omit<EphemeralLimits, 'open'> {
  const { leaseMinutes, resumeMinutes } = settings
  return {
    leaseMinutes,
    resumeMinutes,
    limit: ephemeralLimit,
    ...(ephemeralMinutes === undefined ? {} : { ttlMinutes: ephemeralMinutes }),
  }
}

/** The ephemeral sessions that AWS tells of. `problem`: a list that AWS has denied, so that sessions may be missing. */
export interface Counted {
  readonly open: readonly OpenEphemeral[]
  readonly problem?: AppError
}

/**
 * The ephemeral sessions of all clusters, of every owner. `named`: a cluster that is asked for also where clusters may not be listed.
 * Rejects as the calls do, but for denied ones.
 */
export async function openIn(
  ecs: Pick<EcsCalls, 'clusterNames' | 'tasksStartedBy'>,
  named: string | undefined,
  {
    signal,
    ...who
  }: { readonly computer: string; readonly isHeld: (operationId: string) => boolean; readonly signal: AbortSignal },
): Promise<Counted> {
  let problem: AppError | undefined
  const allowed = async <T>(call: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await call
    } catch (error) {
      const denied = asAppError(error)
      if (denied.code !== 'access-denied') throw error
      problem ??= denied
      return []
    }
  }
  const clusters = await allowed(ecs.clusterNames(signal))
  const tasks: TaskState[] = []
  // One after the other: an account has few clusters, and ECS has few calls a second for all of its users.
  for (const cluster of new Set([...(named === undefined ? [] : [named]), ...clusters])) {
    tasks.push(...(await allowed(ecs.tasksStartedBy(cluster, STARTED_BY, signal))))
  }
  return { open: tasks.flatMap((task) => openOf(task, who) ?? []), ...(problem === undefined ? {} : { problem }) }
}

/** The number that counts against the limit; undefined where AWS has denied every list. The limit is then left to AWS. */
export function countOf({ open, problem }: Counted): number | undefined {
  return open.length === 0 && problem !== undefined ? undefined : open.length
}

/** The error of a start beyond the limit: which sessions are open, whose they are, and what can be done. */
export function limitError(open: readonly OpenEphemeral[], limit: number, now: number): AppError {
  const listed = open.slice(0, MAX_LISTED).map(({ cluster, service, taskId, owner, startedAt, holder }) => {
    const age = startedAt === undefined ? 'of an unknown age' : `${spanWords(Math.max(0, now - startedAt))} old`
    const whose = holder === 'others' ? shownName(owner, MAX_OWNER) : 'of this computer'
    return `${service ?? cluster}, ${age}, ${whose} (${cluster} ${taskId})`
  })
  const more = open.length > MAX_LISTED ? `; and ${open.length - MAX_LISTED} more` : ''
  const [own] = open.filter(({ holder }) => holder !== 'others')
  return new AppError(
    'ephemeral-limit',
    `${open.length} ephemeral sessions are open, and ${limit} is the limit of this environment: ${listed.join('; ')}${more}. End one and try ` +
      'again; AWS may take a minute to notice an ended one.',
    own === undefined ? {} : { command: `aws ecs stop-task --cluster ${own.cluster} --task ${own.taskId}` },
  )
}
