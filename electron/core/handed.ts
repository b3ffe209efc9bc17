// Takes keys that a person hands over by `culvert credentials`, for one of the environments that are open in this process.
//
// Owns the form of the request and the choice of the environment. The keys stay in memory: they are neither stored nor logged, and no
// error quotes the request. Whether they are of the same account and role is for the environment to say (aws/credentials/replacement.ts).

import * as z from 'zod'
import { AppError } from '../../shared/errors'
import type { HandedKeys } from '../../shared/session'
import type { Environment } from './environments/environment'

const handedKeys = z.strictObject({
  accessKeyId: z.string().regex(/^\w{1,128}$/),
  secretAccessKey: z.string().min(1).max(1_024),
  sessionToken: z.string().min(1).max(32_768).exactOptional(),
  endsAt: z.number().int().exactOptional(),
})

/** The request that hands keys over. `environment`: its name; needed where several are open. */
export const handOverRequest = z.strictObject({
  credentials: handedKeys,
  environment: z.string().min(1).max(1_000).exactOptional(),
})

/** The answer: where the keys are used, whose they are, and a sentence about what may be lost. */
export interface HandOverAnswer {
  readonly environment: string
  readonly arn: string
  readonly risk?: string
}

/** The environments that take keys, by name: regions of one profile have the same name and share their keys. */
function takers(open: readonly Environment[]): ReadonlyMap<string, readonly Environment[]> {
  const byName = new Map<string, Environment[]>()
  for (const environment of open) {
    if (!environment.isDemo) byName.set(environment.name, [...(byName.get(environment.name) ?? []), environment])
  }
  return byName
}

function chosen(open: readonly Environment[], wanted: string | undefined): readonly [string, readonly Environment[]] {
  const byName = takers(open)
  const [first, ...others] = byName.keys()
  const listed = [...byName.keys()].map((name) => JSON.stringify(name)).join(', ')
  if (first === undefined) {
    throw new AppError(
      'usage',
      'No AWS account is open in the running Culvert: open it there, then hand its keys over.',
    )
  }
  if (wanted === undefined && others.length > 0) {
    throw new AppError('usage', `Several environments are open (${listed}): name one of them with --environment.`)
  }
  const name = wanted ?? first
  const environments = byName.get(name)
  if (environments !== undefined) return [name, environments]
  throw new AppError('usage', `The environment ${JSON.stringify(name)} is not open there: name one of ${listed}.`)
}

/**
 * Gives `keys` to the environment that is meant. What waits there goes on at once. Rejects with `usage` where none or several could be
 * meant, and as `OtherKeys.take`.
 */
export async function takeHandedKeys(
  keys: HandedKeys,
  options: {
    readonly open: readonly Environment[]
    readonly environment: string | undefined
    readonly signal: AbortSignal
  },
): Promise<HandOverAnswer> {
  const [name, environments] = chosen(options.open, options.environment)
  let answer: HandOverAnswer | undefined
  for (const { otherKeys } of environments) {
    const taken = await otherKeys.take(keys, options.signal)
    answer ??= { environment: name, ...taken }
  }
  if (answer === undefined) throw new AppError('internal', 'No environment took the keys.')
  return answer
}
