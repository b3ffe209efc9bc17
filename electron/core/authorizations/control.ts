// The request of `culvert authorize` to a running Culvert, and its answer: the form of both, and how the request is answered.

import { pendingId } from '../../../shared/pendingid'
import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { isInstanceId, SET_CHOICES } from '../../../shared/targetset'
import type { Environment } from '../environments/environment'
import type { WantedAuthorization } from './authorization'
import type { Authorized, Authorizer } from './authorizer'
import { completed, EXPIRES_AFTER_MS } from './fromtarget'

/** The most connections that a limit may name. */
export const MAX_CONNECTION_LIMIT = 1_000_000

const name = z.string().min(1).max(1_000)
const port = z.number().int().min(1).max(65_535)

const session = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tcp'), remotePort: port, remoteHost: name.exactOptional() }),
  z.strictObject({ kind: z.literal('ssh'), remotePort: port }),
  z.strictObject({ kind: z.literal('shell') }),
])

const environment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('demo') }),
  z.strictObject({ kind: z.literal('aws'), profile: name.exactOptional(), region: name.exactOptional() }),
])

const parameters = z.record(name, z.array(z.string().max(10_000)).max(100))

/** What is to be authorized, as it crosses the socket of the data directory. */
const wish = z.strictObject({
  environment,
  /** An id, a Name, a set or a saved target. */
  target: name,
  /** How the host of a set is chosen. */
  host: z
    .strictObject({
      choice: z.enum(SET_CHOICES).exactOptional(),
      hostId: z.string().refine(isInstanceId).exactOptional(),
    })
    .exactOptional(),
  // Absent parts are those of the saved target, see fromtarget.ts.
  session: session.exactOptional(),
  /** Null: no limit. */
  connectionLimit: z.number().int().min(1).max(MAX_CONNECTION_LIMIT).nullable().exactOptional(),
  expiresAfterMs: z.number().int().min(EXPIRES_AFTER_MS.min).max(EXPIRES_AFTER_MS.max).exactOptional(),
  document: z.strictObject({ name, parameters: parameters.exactOptional() }).exactOptional(),
  reason: z.string().max(256).exactOptional(),
})

/** The request. */
export const authorizeRequest = z.strictObject({ authorize: wish })

/** The request to revoke an authorization; answered with whether this Culvert keeps it. */
export const revokeRequest = z.strictObject({ revoke: z.string().regex(/^[0-9a-f]{12}$/) })

/** What is to be authorized. */
export type AuthorizationWish = z.infer<typeof wish>

/** The answer: what `culvert authorize` prints. Times are epoch ms. */
export const authorizedAnswer = z.object({
  /** A secret. */
  token: z.string().max(200),
  connectionLimit: z.number().int().nullable(),
  createdAt: z.number().int(),
  expiresAt: z.number().int(),
  hostId: z.string().max(1_000),
  hostName: z.string().max(1_000),
  scope: z.object({ name: z.string(), accountId: z.string(), region: z.string() }),
  sessionId: z.string().max(1_000),
  type: z.enum(['tcp', 'ssh', 'shell']),
  userId: z.string().max(4_000),
})

/** See `authorizedAnswer`. */
export type AuthorizedAnswer = z.infer<typeof authorizedAnswer>

/** Resolves a wish in its environment: the host is chosen now. Rejects as `findHost`, `completed` and the look-up of the caller. */
export async function wantedFor(
  wished: Omit<AuthorizationWish, 'environment'> & { readonly environment?: EnvironmentRef },
  environmentOf: () => Promise<Environment>,
  signal: AbortSignal,
): Promise<WantedAuthorization> {
  const { environment: ref, target: text, host, reason, ...named } = wished
  const open = await environmentOf()
  const { instance: target, saved } = await open.findHost(text, host ?? {}, signal)
  const parts = completed(named, saved)
  if (target.kind === 'ecs' && parts.session.kind === 'shell') {
    // ExecuteCommand names the command and begins at once, and a token begins its session later.
    const words = 'A shell in a container cannot be authorized: authorize a port of it, or use culvert shell.'
    throw new AppError('usage', words)
  }
  const identity = await open.identity(signal)
  return {
    ...parts,
    target,
    environment: environmentOf,
    scope: { ...(ref === undefined ? {} : { ref }), name: open.name, region: open.region, identity },
    ...(reason === undefined ? {} : { reason }),
  }
}

/** What is printed of an authorization. */
export function answerOf({ authorization, token }: Authorized): AuthorizedAnswer {
  const { id, target, session: authorized, scope, createdAt, expiresAt, connectionLimit } = authorization
  return {
    token,
    connectionLimit: connectionLimit ?? null,
    createdAt,
    expiresAt,
    hostId: target.id,
    hostName: target.name,
    scope: { name: scope.name, accountId: scope.identity.accountId, region: scope.region },
    sessionId: pendingId(id),
    type: authorized.kind,
    userId: scope.identity.arn,
  }
}

/** Answers the request in the running Culvert. */
export async function authorizeFor(
  { authorize }: z.infer<typeof authorizeRequest>,
  product: {
    readonly authorizer: Authorizer
    readonly environments: { readonly get: (ref: EnvironmentRef) => Promise<Environment> }
  },
  signal: AbortSignal,
): Promise<AuthorizedAnswer> {
  const wanted = await wantedFor(authorize, () => product.environments.get(authorize.environment), signal)
  return answerOf(await product.authorizer.authorize(wanted))
}
