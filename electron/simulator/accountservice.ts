// Fills in the account's half of the service behind the APIs from the options: everything but the message gateway.

import type { AccountOptions } from './account'
import { Documents } from './api/documents'
import { DEMO_KEY_ALIAS, type KeyService } from './api/kms'
import type { Service } from './api/service'
import type { EcsAccount } from './ecs/account'
import type { Limits } from './faults/lifetime'
import type { SessionStore } from './gateway/sessions'
import type { AccountHistory, HistoryOptions } from './history/open'
import type { Policies } from './iam/policy'
import type { Roles } from './iam/roles'
import type { World } from './world/world'

/** The parts of the account. */
interface AccountParts {
  readonly region: string
  readonly accountId: string
  readonly world: World
  readonly ecs: EcsAccount
  readonly known: AccountHistory
  readonly store: SessionStore
  readonly keys: KeyService
  readonly roles: Roles
  readonly policies: Policies
  readonly limits: Limits
}

type GatewayHalf = 'takeSpoiledToken' | 'webSocketUrl' | 'begin' | 'hasClient' | 'openResume' | 'terminate'

/** Makes the account's half of a service. */
export function accountService(
  options: AccountOptions & HistoryOptions & { readonly agentVersion?: string },
  parts: AccountParts,
): Omit<Service, GatewayHalf> {
  const { region, accountId, world, ecs, known, store, keys, roles, policies, limits } = parts
  const { history, people } = known
  const { encryption } = options
  return {
    world,
    ecs,
    store,
    history,
    activeSessions: () => [
      ...store.all.flatMap((session) => (session.hasEnded ? [] : [session.described()])),
      ...(people?.active ?? []),
    ],
    describing: options.describing ?? {},
    logging: options.logging ?? {},
    mayDescribe: () => known.mayDescribe(),
    now: () => Date.now(),
    offer: {
      hasAdvancedTier: options.hasAdvancedTier ?? true,
      hasRemoteHosts: options.hasRemoteHosts ?? true,
      agentVersion: options.agentVersion,
    },
    documents: new Documents(options.documents),
    roles,
    policies,
    region,
    accountId,
    ownerOf: (sessionId) => {
      const owner = store.get(sessionId)?.owner ?? known.ownerOf(sessionId)
      // Sessions of ExecuteCommand begin with no name of a person.
      if (owner !== undefined && !sessionId.startsWith(owner.sessionPrefix)) return undefined
      return owner && { userId: owner.userId, suffix: sessionId.slice(owner.sessionPrefix.length) }
    },
    keys,
    encryption: encryption && {
      kmsKeyId: encryption.kmsKeyId ?? DEMO_KEY_ALIAS,
      randomChallenge: encryption.randomChallenge ?? 'offered',
      hasPorts: encryption.hasPorts ?? false,
    },
    idleMinutes: limits.idleMinutes,
    maxMinutes: limits.maxMinutes,
  }
}
