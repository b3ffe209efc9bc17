// Credentials of a profile with an SSO login (IAM Identity Center): the token on disk, refreshed by us, gets the role's keys.
//
//   token on disk → valid for 5 more minutes → GetRoleCredentials → keys
//                 → about to end             → CreateToken (refresh_token) → written back → GetRoleCredentials
//                 → ended, cannot be refreshed → credentials-expired: log in
//
// While the token is valid, a failed refresh is ignored. After the token's end the failure is the error: `network`, `throttled` or
// `service` may pass by themselves. Only a refused grant or token needs a new login. Owns the refreshes under way (one for each
// file) and tokens that could not be written. Does not own the login itself.

import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { loginProfile, mendingCommand } from '../errors/commands'
import { excerpt } from '../errors/foreigntext'
import { expiredSentence, type CredentialSource } from '../errors/sentences'
import type { AwsIdentity } from '../clients'
import { takeLock } from '../login/lockfile'
import { timeText, tokenAnswer } from '../login/oidc'
import { askLoginService, LoginRefusal, type LoginCall } from './loginservice'
import { unrenewed } from './outlook'
import { readSsoToken, ssoCachePath, ssoLockPath, writeSsoFile, type SsoToken } from './ssocache'
import type { SsoProfile } from './ssoprofile'

/** A token is refreshed this long before it ends, as AWS's tools do. */
const REFRESH_BEFORE_MS = 300_000

/** A refresh is tried three times and ends before this. A lock that is older is left over. */
const LONGEST_REFRESH_MS = 120_000

/**
 * Codes of CreateToken after which only a new login helps: the grant has ended, or the client that it was given to.
 * Source: IAM Identity Center OIDC API reference, "CreateToken", Errors; RFC 6749 §5.2.
 */
const LOGIN_CODES = new Set([
  'InvalidGrantException',
  'invalid_grant',
  'ExpiredTokenException',
  'expired_token',
  'UnauthorizedClientException',
  'unauthorized_client',
  'InvalidClientException',
  'invalid_client',
])

const roleAnswer = z.object({
  roleCredentials: z.object({
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
    sessionToken: z.string().min(1),
    expiration: z.number().positive(),
  }),
})

/** A call for a profile. */
export interface SsoCall extends Pick<LoginCall, 'handler' | 'signal'> {
  readonly profile: SsoProfile
  readonly source: Extract<CredentialSource, { readonly kind: 'profile' }>
  /** Where the token files are. */
  readonly home: string
}

function endedError(source: SsoCall['source'], cause?: unknown): AppError {
  const command = mendingCommand('credentials-expired', { source })
  return new AppError('credentials-expired', expiredSentence(source), {
    command,
    cause,
    loginProfile: loginProfile('credentials-expired', source),
  })
}

/** AWS answered 200 with something else than its API describes: a fault of the service, which may pass. */
function oddAnswer(name: string): AppError {
  return new AppError(
    'service',
    `The login service of the profile "${excerpt(name)}" answered without credentials: try again later.`,
  )
}

function endsAt(token: SsoToken): number {
  return Date.parse(token.expiresAt)
}

/** What the refresh of a token sends; undefined for one that cannot be refreshed. */
function refreshOf({ clientId, clientSecret, refreshToken, registrationExpiresAt }: SsoToken) {
  const isRegistered = registrationExpiresAt === undefined || !(Date.parse(registrationExpiresAt) <= Date.now())
  return clientId === undefined || clientSecret === undefined || refreshToken === undefined || !isRegistered
    ? undefined
    : { clientId, clientSecret, refreshToken, grantType: 'refresh_token' }
}

/** Shared by all accounts of a process, because profiles may share a login. */
export class SsoLogins {
  readonly #refreshing = new Map<string, Promise<SsoToken>>()
  readonly #unwritten = new Map<string, SsoToken>()

  /**
   * The role's keys. Throws `credentials-expired` where a person has to log in, `access-denied` for an account or role that the login
   * may not use, `profile-unknown` for an account or role that AWS does not understand, and as `askLoginService` and `readSsoToken`.
   */
  async credentials(call: SsoCall): Promise<AwsIdentity> {
    const { name, region, portal, accountId, roleName } = call.profile
    const { token, loginEndsAt } = await this.#token(call)
    const answer = await askLoginService(
      { ...call, profile: name, region },
      {
        method: 'GET',
        url: `${portal}/federation/credentials`,
        query: { account_id: accountId, role_name: roleName },
        headers: { 'x-amz-sso_bearer_token': token.accessToken },
      },
    ).catch((error: unknown) => {
      throw error instanceof LoginRefusal ? portalError(call, error) : error
    })
    const parsed = roleAnswer.safeParse(answer)
    if (!parsed.success) throw oddAnswer(name)
    const { expiration, ...keys } = parsed.data.roleCredentials
    const found = { ...keys, expiration: new Date(expiration) }
    return loginEndsAt === undefined ? found : unrenewed(found, Math.max(loginEndsAt, expiration))
  }

  /** A token that has not ended. `loginEndsAt` (epoch ms): its end, where it cannot be refreshed. */
  async #token(call: SsoCall): Promise<{ readonly token: SsoToken; readonly loginEndsAt?: number }> {
    const { name, cacheKey } = call.profile
    const path = ssoCachePath(call.home, cacheKey)
    const token = await this.#newest(path)
    if (token === undefined) throw endedError(call.source)
    const leftMs = endsAt(token) - Date.now()
    if (leftMs > REFRESH_BEFORE_MS) {
      return refreshOf(token) === undefined ? { token, loginEndsAt: endsAt(token) } : { token }
    }
    try {
      return { token: await this.#refreshed(path, token, call) }
    } catch (error) {
      // The token is used as long as it is valid, whatever the refresh said.
      const isRefused =
        error instanceof LoginRefusal || (error instanceof AppError && error.code === 'credentials-expired')
      if (endsAt(token) > Date.now()) return isRefused ? { token, loginEndsAt: endsAt(token) } : { token }
      if (!(error instanceof LoginRefusal)) throw error
      if (LOGIN_CODES.has(error.code)) throw endedError(call.source, error)
      throw new AppError(
        'service',
        `The login service of the profile "${excerpt(name)}" refused to refresh the login (${error.message}): log in again, or try later.`,
        { cause: error },
      )
    }
  }

  async #newest(path: string): Promise<SsoToken | undefined> {
    const [onDisk, unwritten] = [await readSsoToken(path), this.#unwritten.get(path)]
    if (onDisk === undefined || unwritten === undefined) return onDisk
    return endsAt(onDisk) < endsAt(unwritten) ? unwritten : onDisk
  }

  /** Refreshes a token, or joins the refresh of the same file that is under way. */
  #refreshed(path: string, token: SsoToken, call: SsoCall): Promise<SsoToken> {
    const running = this.#refreshing.get(path)
    if (running !== undefined) return running
    const refreshing = this.#refresh(path, token, call).finally(() => this.#refreshing.delete(path))
    this.#refreshing.set(path, refreshing)
    return refreshing
  }

  async #refresh(path: string, token: SsoToken, call: SsoCall): Promise<SsoToken> {
    const { name, region, oidc } = call.profile
    if (refreshOf(token) === undefined) throw endedError(call.source)
    // This call is not ended with the account: other accounts may wait for it, and its answer may replace the refresh token.
    const { signal } = new AbortController()
    // Another process, or the command line beside the app, may refresh the same login: the refresh token may be valid once.
    await using _lock = await takeLock({
      path: ssoLockPath(call.home, call.profile.cacheKey, 'refresh'),
      longestMs: LONGEST_REFRESH_MS,
      signal,
    })
    // Another process may have refreshed the login since `token` was read.
    const newest = (await this.#newest(path)) ?? token
    if (endsAt(newest) - Date.now() > REFRESH_BEFORE_MS) return newest
    const body = refreshOf(newest)
    if (body === undefined) throw endedError(call.source)
    const answer = await askLoginService(
      { handler: call.handler, profile: name, region, signal },
      { method: 'POST', url: `${oidc}/token`, body },
    )
    const parsed = tokenAnswer.safeParse(answer)
    if (!parsed.success) throw oddAnswer(name)
    const { accessToken, expiresIn } = parsed.data
    const expiresAt = timeText(Date.now() + expiresIn * 1_000)
    // An answer without a new refresh token leaves the old one valid. Source: RFC 6749 §6.
    const next = { ...newest, accessToken, expiresAt, refreshToken: parsed.data.refreshToken ?? body.refreshToken }
    if ((await writeSsoFile(path, next, { mayCreate: false })) === undefined) this.#unwritten.delete(path)
    else this.#unwritten.set(path, next)
    return next
  }
}

function portalError({ profile, source }: SsoCall, refusal: LoginRefusal): AppError {
  const { code, status } = refusal
  const name = excerpt(profile.name)
  if (code === 'UnauthorizedException') return endedError(source, refusal)
  if (code === 'ForbiddenException' || code === 'ResourceNotFoundException') {
    const text = `The profile "${name}" names an account or role that this login may not use: choose another, or ask for access.`
    return new AppError('access-denied', text, {
      cause: refusal,
      command: mendingCommand('access-denied', { source }),
    })
  }
  if (code === 'InvalidRequestException') {
    const text = `AWS does not understand sso_account_id or sso_role_name of the profile "${name}" (${code}): correct them in ~/.aws/config.`
    return new AppError('profile-unknown', text, {
      cause: refusal,
      command: mendingCommand('profile-unknown', { source }),
    })
  }
  return new AppError(
    'service',
    `The login service of the profile "${name}" refused its credentials (status ${String(status)}, ${code}): try again later.`,
    { cause: refusal },
  )
}
