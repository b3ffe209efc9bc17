// What the ledger is told of an authorization: when it becomes pending, and when a session redeems it. Pure.

import type { SessionAbout } from '../../../shared/sessionnote'
import type { BegunSession } from '../ledger/begun'
import type { Authorization } from './authorization'

const types = { tcp: 'port', ssh: 'ssh', shell: 'shell' } as const

/** What a session that redeems the authorization tells of it. */
export function aboutOf({ id, target, expiresAt, connectionLimit }: Authorization): SessionAbout {
  const limit = connectionLimit === undefined ? {} : { connectionLimit }
  return { authorization: id, targetName: target.name, expiresAt, ...limit }
}

/** The record of an authorization that no session has redeemed yet. */
export function recordOf({
  target,
  session,
  scope,
  reason,
  document,
  connectionLimit,
  expiresAt,
}: Omit<Authorization, 'id'>): BegunSession {
  const endpoint =
    session.kind === 'shell'
      ? undefined
      : `tcp://${('remoteHost' in session ? session.remoteHost : undefined) ?? target.id}:${session.remotePort}`
  return {
    environment: scope.ref ?? { kind: 'aws' as const },
    environmentName: scope.name,
    region: scope.region,
    account: scope.identity.accountId,
    target: target.id,
    targetName: target.name,
    type: types[session.kind],
    authorizedBy: scope.identity.arn,
    expiresAt,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(connectionLimit === undefined ? {} : { connectionLimit }),
    ...(document === undefined ? {} : { document: document.name }),
    ...(reason === undefined ? {} : { reason }),
  }
}
