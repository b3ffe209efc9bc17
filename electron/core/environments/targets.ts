// Finds the one instance that a person has typed, by its id or its Name. Never guesses.

import { AppError } from '../../../shared/errors'
import type { Instance, TagPair } from '../../../shared/model/instance'

const INSTANCE_ID = /^(i-[0-9a-f]{8}([0-9a-f]{9})?|mi-[0-9a-f]{17})$/
const ECS_TARGET = /^ecs:[^\s]+$/
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
function bareTarget(id: string): Instance {
  return {
    id,
    kind: id.startsWith('mi-') ? 'hybrid' : 'ec2',
    name: '',
    tags: {},
    platform: 'unknown',
    state: 'unknown',
    agent: { kind: 'online' },
  }
}

/**
 * Resolves an id, an ECS target or a Name to one instance. Throws `wrong-region` for an id that is not in this region,
 * `unknown-instance` for a Name that no instance has, `ambiguous-name` with the candidates if several have it, and the codes of
 * the directory's calls.
 */
export async function resolveTarget(text: string, directory: Directory, signal: AbortSignal): Promise<Instance> {
  if (ECS_TARGET.test(text)) return bareTarget(text)
  if (INSTANCE_ID.test(text)) {
    const found = await directory.describeTarget(text, signal).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'access-denied') return bareTarget(text)
      throw error
    })
    if (found !== undefined) return found
    throw new AppError('wrong-region', `No instance ${text} in ${directory.region}. Check the region and the account.`)
  }
  const { instances, notices } = await directory.listInstances(signal)
  const named = instances.filter((instance) => instance.name === text)
  const [only] = named
  if (only === undefined) {
    const missing = notices.length === 0 ? '' : ` The list is not whole: ${notices.join(' ')}`
    throw new AppError(
      'unknown-instance',
      `No instance is named "${text}" in ${directory.region}. Check its name, the region and the account.${missing}`,
    )
  }
  if (named.length === 1) return only
  const candidates = named
    .slice(0, MAX_CANDIDATES)
    .map((instance) => `${instance.id} (${instance.state}, agent ${instance.agent.kind}${addressOf(instance)})`)
  const more = named.length > MAX_CANDIDATES ? `, and ${named.length - MAX_CANDIDATES} more` : ''
  throw new AppError(
    'ambiguous-name',
    `${named.length} instances are named "${text}": ${candidates.join(', ')}${more}. Use the id.`,
  )
}

function addressOf(instance: Instance): string {
  return instance.privateIp === undefined ? '' : `, ${instance.privateIp}`
}
