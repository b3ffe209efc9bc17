// The one instance that a person has typed, by its id; and the errors for a Name that leads to none or to several. Never guesses.

import { parseEcsPlace } from '../../../shared/ecstarget'
import { AppError } from '../../../shared/errors'
import type { Instance, TagPair } from '../../../shared/model/instance'
import { formatSet, isInstanceId } from '../../../shared/targetset'

const MAX_CANDIDATES = 10

/** Every instance of a region. `notices` tell which parts could not be listed and are missing. */
export interface Listing {
  readonly instances: readonly Instance[]
  readonly notices: readonly string[]
}

/** The calls that finding an instance needs. */
export interface Directory {
  readonly region: string
  /** Every instance; with `tags` at least those that bear every one of them. */
  listInstances(signal: AbortSignal, tags?: readonly TagPair[]): Promise<Listing>
  /** Undefined when neither EC2 nor SSM knows the id. */
  describeTarget(id: string, signal: AbortSignal): Promise<Instance | undefined>
}

/** A target of which only the id is known: describing it is denied, but a session to it may be allowed. */
export function bareTarget(id: string): Instance {
  return {
    id,
    kind: id.startsWith('mi-') ? 'hybrid' : id.startsWith('ecs:') ? 'ecs' : 'ec2',
    name: '',
    tags: {},
    platform: 'unknown',
    state: 'unknown',
    agent: { kind: 'online' },
  }
}

/** Whether a text is the id of an instance, or of exactly one container as Systems Manager writes it. */
export function isExact(text: string): boolean {
  return parseEcsPlace(text) !== undefined || isInstanceId(text)
}

/** Finds the instance of an id. Throws `wrong-region` for an id that is not in this region, and the codes of the directory's calls. */
export async function resolveExact(text: string, directory: Directory, signal: AbortSignal): Promise<Instance> {
  const found = await directory.describeTarget(text, signal).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'access-denied') return bareTarget(text)
    throw error
  })
  if (found !== undefined) return found
  throw new AppError('wrong-region', `No instance ${text} in ${directory.region}. Check the region and the account.`)
}

/** The error for a Name that no instance has: `unknown-instance`. */
export function unknownName(text: string, region: string, { notices }: Listing): AppError {
  const missing = notices.length === 0 ? '' : ` The list is not whole: ${notices.join(' ')}`
  return new AppError(
    'unknown-instance',
    `No instance is named "${text}" in ${region}. Check its name, the region and the account.${missing}`,
  )
}

/** The error for a Name that several instances have: `ambiguous-name`. It names them, and says how to write "any of these". */
export function ambiguousName(text: string, named: readonly Instance[]): AppError {
  const candidates = named
    .slice(0, MAX_CANDIDATES)
    .map((instance) => `${instance.id} (${instance.state}, agent ${instance.agent.kind}${addressOf(instance)})`)
  const more = named.length > MAX_CANDIDATES ? `, and ${named.length - MAX_CANDIDATES} more` : ''
  const any = formatSet({ kind: 'name', pattern: [text] })
  return new AppError(
    'ambiguous-name',
    `${named.length} instances are named "${text}": ${candidates.join(', ')}${more}. Use the id, or "${any}" for any of these.`,
  )
}

function addressOf(instance: Instance): string {
  return instance.privateIp === undefined ? '' : `, ${instance.privateIp}`
}
