// Who owns keys, as STS says it, and whether two pairs of keys have the same owner.
//
// A session belongs to the `aws:userid` that started it, which for a role is `<role id>:<RoleSessionName>`. The same role under another
// session name may be refused a session that it did not start itself. Source: specification §10.4; IAM user guide, "IAM identifiers".

import { cutText } from '../../../shared/cut'
import { makeStsClient, type AwsIdentity, type ClientsOptions } from '../clients'
import { toAppError } from '../errors/errors'
import type { CredentialSource } from '../errors/sentences'

/** More than ten times the longest id that AWS documents. */
const MAX_ID = 256

/** STS answers within seconds. */
const CALL_MS = 30_000

/** The owner of keys. */
export interface Caller {
  readonly accountId: string
  readonly arn: string
  /** The value of `${aws:userid}`. */
  readonly userId: string
}

/**
 * What a second owner is to the first. `same`: sessions go on. `other-session`: the same role under another session name, which a
 * policy of `${aws:userid}` keeps from the sessions of the first. `other`: another account, role or user.
 */
export type Kinship = 'same' | 'other-session' | 'other'

/** The parts of an answer of GetCallerIdentity, cut. */
export function callerFrom(answer: {
  readonly Account?: string | undefined
  readonly Arn?: string | undefined
  readonly UserId?: string | undefined
}): Caller {
  return {
    accountId: cutText(answer.Account ?? '', MAX_ID),
    arn: cutText(answer.Arn ?? ''),
    userId: cutText(answer.UserId ?? '', MAX_ID),
  }
}

/** The id of a role; undefined where the owner is none. */
function roleId({ arn, userId }: Caller): string | undefined {
  const [id = '', sessionName] = userId.split(':')
  return sessionName !== undefined && id !== '' && arn.includes(':assumed-role/') ? id : undefined
}

/** See `Kinship`. */
export function kinship(before: Caller, after: Caller): Kinship {
  if (before.accountId !== after.accountId || before.accountId === '') return 'other'
  if (before.userId === after.userId) return 'same'
  const role = roleId(before)
  return role !== undefined && role === roleId(after) ? 'other-session' : 'other'
}

/** Asks STS who owns `keys`. Throws as any call to AWS; `source` says where the keys come from, for errors. */
export async function callerOf(
  keys: AwsIdentity,
  options: ClientsOptions & { readonly source: CredentialSource; readonly signal: AbortSignal },
): Promise<Caller> {
  const { settings, source, signal } = options
  try {
    const client = await makeStsClient(options, () => Promise.resolve(keys))
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)])
    return callerFrom(await client.send(new GetCallerIdentityCommand({}), { abortSignal }))
  } catch (error) {
    signal.throwIfAborted()
    throw await toAppError(error, { action: 'sts:GetCallerIdentity', region: settings.region, source })
  }
}
