// STS: roles that may be assumed, by keys or by a web identity's token, and the keys that are given out for them.
//
// Owns the roles and the record of what was assumed. Each answer carries new keys with an expiry of their own, whose caller is the
// role under the RoleSessionName that was asked for. Source: STS API reference, AssumeRole, AssumeRoleWithWebIdentity.

import { fault, reply, type Answer, type Fault } from '../api/answers'
import type { KeyRing } from '../api/keyring'
import type { Xml } from '../api/xml'
import { roleIdentity, type Identity } from './identity'
import type { Policies } from './policy'

const MIN_SECONDS = 900
/** The longest that a role can be set up for. */
const MAX_SECONDS = 43_200
/** The longest for a role that a role has assumed. */
const MAX_CHAINED_SECONDS = 3_600
const DEFAULT_SECONDS = 3_600
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/
/** The newest calls that are remembered. */
const REMEMBERED = 1_000

/** A role of the account. */
export interface RoleOptions {
  /** The second factor that its trust policy wants. */
  readonly mfa?: { readonly serial: string; readonly code: string }
  /** The token of the web identity that may assume it. */
  readonly webIdentityToken?: string
  /** How long its keys live, whatever was asked for. AWS gives 15 minutes at least. */
  readonly lifetimeMs?: number
}

/** One call that asked for a role. */
export interface Assumption {
  readonly role: string
  readonly sessionName: string
  /** The code of a second factor that was sent. */
  readonly code: string | undefined
  /** The keys that were given out; undefined: it was refused. */
  readonly accessKeyId: string | undefined
}

type Reply = Answer<Readonly<Record<string, Xml>>>

/** See above. */
export class Roles {
  readonly #accountId: string
  readonly #roles: ReadonlyMap<string, RoleOptions>
  readonly #keyRing: KeyRing
  readonly #policies: Policies
  readonly #assumed: Assumption[] = []

  constructor(options: {
    readonly accountId: string
    readonly roles: Readonly<Record<string, RoleOptions>>
    readonly keyRing: KeyRing
    readonly policies: Policies
  }) {
    this.#accountId = options.accountId
    this.#roles = new Map(Object.entries(options.roles))
    this.#keyRing = options.keyRing
    this.#policies = options.policies
  }

  /** Every call that asked for a role, oldest first; the newest 1,000. */
  get assumed(): readonly Assumption[] {
    return [...this.#assumed]
  }

  /** The AssumeRole operation. */
  assume(form: URLSearchParams, caller: Identity): Reply {
    const arn = form.get('RoleArn') ?? ''
    const demand = { action: 'sts:AssumeRole', resources: [[arn]] } as const
    const refusal = this.#policies.refusal(caller, demand)
    if (refusal !== undefined) return fault('AccessDenied', refusal, 403)
    return this.#answer(
      form,
      (role) => {
        const untrusted = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`
        if (role === undefined) return fault('AccessDenied', untrusted, 403)
        const { mfa } = role
        if (mfa === undefined) return undefined
        const code = form.get('TokenCode')
        if (code === null || form.get('SerialNumber') !== mfa.serial) return fault('AccessDenied', untrusted, 403)
        const wrong = 'MultiFactorAuthentication failed with invalid MFA one time pass code. '
        return code === mfa.code ? undefined : fault('AccessDenied', wrong, 403)
      },
      caller.kind === 'role' ? MAX_CHAINED_SECONDS : MAX_SECONDS,
    )
  }

  /** The AssumeRoleWithWebIdentity operation. Its request is not signed. */
  assumeByToken(form: URLSearchParams): Reply {
    return this.#answer(
      form,
      (role) => {
        if (role?.webIdentityToken === undefined) {
          return fault('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
        }
        const isRight = form.get('WebIdentityToken') === role.webIdentityToken
        return isRight ? undefined : fault('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.')
      },
      MAX_SECONDS,
    )
  }

  #answer(
    form: URLSearchParams,
    judge: (role: RoleOptions | undefined) => Fault | undefined,
    maxSeconds: number,
  ): Reply {
    const arn = form.get('RoleArn') ?? ''
    const name = arn.startsWith(`arn:aws:iam::${this.#accountId}:role/`) ? (arn.split('/').at(-1) ?? '') : ''
    const role = this.#roles.get(name)
    const sessionName = form.get('RoleSessionName') ?? ''
    const obstacle = malformed(sessionName, form.get('DurationSeconds'), maxSeconds) ?? judge(role)
    const seconds = Number(form.get('DurationSeconds') ?? DEFAULT_SECONDS)
    const expiresAt = Date.now() + (role?.lifetimeMs ?? seconds * 1_000)
    const identity = roleIdentity(this.#accountId, name, sessionName)
    const keys = obstacle === undefined ? this.#keyRing.issue(identity, expiresAt) : undefined
    const code = form.get('TokenCode') ?? undefined
    this.#assumed.push({ role: name, sessionName, code, accessKeyId: keys?.accessKeyId })
    if (this.#assumed.length > REMEMBERED) this.#assumed.shift()
    if (keys === undefined) return obstacle ?? fault('InternalFailure', 'No keys.', 500)
    return reply({
      Credentials: {
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        SessionToken: keys.sessionToken,
        Expiration: new Date(expiresAt).toISOString(),
      },
      AssumedRoleUser: { Arn: identity.arn, AssumedRoleId: identity.userId },
    })
  }
}

function malformed(sessionName: string, seconds: string | null, maxSeconds: number): Fault | undefined {
  if (!SESSION_NAME.test(sessionName)) {
    const rule =
      "'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    return fault('ValidationError', `1 validation error detected: Value '${sessionName}' at ${rule}`)
  }
  if (
    seconds === null ||
    (/^\d{1,6}$/.test(seconds) && Number(seconds) >= MIN_SECONDS && Number(seconds) <= maxSeconds)
  ) {
    return undefined
  }
  if (maxSeconds === MAX_CHAINED_SECONDS && Number(seconds) > maxSeconds) {
    const why = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining'
    return fault('ValidationError', why)
  }
  return fault('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
}
