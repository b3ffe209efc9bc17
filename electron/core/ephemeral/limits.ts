// How many ephemeral sessions are open, and what the settings allow. The limit is advisory: two may start at once.

import type { EcsCalls } from '../../../shared/ecscalls'
import type { EnvironmentSettings } from '../../../shared/environmentsettings'
import { AppError } from '../../../shared/errors'
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

/** The ephemeral sessions of clusters, of every owner. Rejects as the calls do. */
export async function openIn(
  ecs: Pick<EcsCalls, 'tasksStartedBy'>,
  clusters: readonly string[],
  {
    signal,
    ...who
  }: { readonly computer: string; readonly isHeld: (operationId: string) => boolean; readonly signal: AbortSignal },
): Promise<readonly OpenEphemeral[]> {
  const lists = []
  // One after the other: an account has few clusters, and ECS has few calls a second for all of its users.
  for (const cluster of new Set(clusters)) lists.push(await ecs.tasksStartedBy(cluster, STARTED_BY, signal))
  return lists.flat().flatMap((task) => openOf(task, who) ?? [])
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
