// The calls of a login to the OIDC service of IAM Identity Center: RegisterClient, StartDeviceAuthorization, CreateToken.
//
// Owns the form of requests and the check of answers. Does not own attempts and errors on the way (credentials/loginservice.ts).
// Source: IAM Identity Center OIDC API reference; RFC 7636 (PKCE), RFC 8628 (device authorization).

import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { askLoginService, type LoginCall } from '../credentials/loginservice'
import type { SsoLogin } from '../credentials/ssoprofile'
import { excerpt } from '../errors/foreigntext'

/** The grant of a code that a person enters on another page. */
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** The scope without which AWS gives no account. */
export const ACCOUNT_SCOPE = 'sso:account:access'

const MAX_TEXT = 16_384
const text = z.string().min(1).max(MAX_TEXT)

const clientAnswer = z.object({
  clientId: text,
  clientSecret: text,
  /** Epoch seconds. */
  clientSecretExpiresAt: z.number().positive().max(4_102_444_800),
})

const deviceAnswer = z.object({
  deviceCode: text,
  userCode: z.string().min(1).max(64),
  verificationUri: text,
  verificationUriComplete: text.optional(),
  expiresIn: z.number().positive().max(86_400),
  interval: z.number().nonnegative().max(600).optional(),
})

/** The answer of CreateToken, for every grant. */
export const tokenAnswer = z.object({
  accessToken: text,
  expiresIn: z
    .number()
    .positive()
    .max(366 * 86_400),
  refreshToken: text.optional(),
})

/** A client that AWS knows. `expiresAt` is an ISO time. */
export interface Client {
  readonly clientId: string
  readonly clientSecret: string
  readonly expiresAt: string
}

/** A device authorization under way. */
export type DeviceAuthorization = z.infer<typeof deviceAnswer>

/** The answer of CreateToken. */
export type Token = z.infer<typeof tokenAnswer>

/** A grant that CreateToken exchanges for a token. */
export type Grant =
  | { readonly kind: 'code'; readonly code: string; readonly verifier: string; readonly redirectUri: string }
  | { readonly kind: 'device'; readonly deviceCode: string }

/** The time as the AWS CLI writes it: "2026-11-29T07:44:00Z". */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The OIDC service of one login. Every call throws `LoginRefusal` where AWS refuses, and as `askLoginService`. */
export class Oidc {
  readonly #login: SsoLogin
  readonly #call: LoginCall

  constructor(login: SsoLogin, means: Pick<LoginCall, 'handler' | 'signal'>) {
    this.#login = login
    this.#call = { ...means, profile: login.name, region: login.region }
  }

  /** Registers a public client; with a redirect URI for the flow with a code, without one for the device flow. */
  async register(redirectUri: string | undefined): Promise<Client> {
    const { session, startUrl, scopes } = this.#login
    const forCode = {
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: redirectUri === undefined ? [] : [redirectUri],
      issuerUrl: startUrl,
      scopes: scopes ?? [ACCOUNT_SCOPE],
    }
    const answer = await this.#ask(clientAnswer, '/client/register', {
      // AWS shows the name to the person who allows the access.
      clientName: `culvert-${(session ?? 'login').replaceAll(/[^\w.-]/g, '-').slice(0, 60)}`,
      clientType: 'public',
      ...(redirectUri === undefined ? (scopes === undefined ? {} : { scopes }) : forCode),
    })
    const { clientId, clientSecret, clientSecretExpiresAt } = answer
    return { clientId, clientSecret, expiresAt: timeText(clientSecretExpiresAt * 1_000) }
  }

  /** Starts a login whose code is entered in a browser. */
  startDevice({ clientId, clientSecret }: Client): Promise<DeviceAuthorization> {
    const { startUrl } = this.#login
    return this.#ask(deviceAnswer, '/device_authorization', { clientId, clientSecret, startUrl })
  }

  /** Exchanges a grant for a token. A device grant is tried once; its caller repeats the call. */
  createToken({ clientId, clientSecret }: Client, grant: Grant): Promise<Token> {
    const client = { clientId, clientSecret }
    if (grant.kind === 'device') {
      const body = { ...client, grantType: DEVICE_GRANT, deviceCode: grant.deviceCode }
      return this.#ask(tokenAnswer, '/token', body, 1)
    }
    const { code, verifier, redirectUri } = grant
    const body = { ...client, grantType: 'authorization_code', code, codeVerifier: verifier, redirectUri }
    return this.#ask(tokenAnswer, '/token', body)
  }

  async #ask<T>(
    schema: z.ZodType<T>,
    path: string,
    body: Readonly<Record<string, string | readonly string[]>>,
    maxAttempts?: number,
  ): Promise<T> {
    const { name, oidc } = this.#login
    const answer = await askLoginService(this.#call, {
      method: 'POST',
      url: `${oidc}${path}`,
      body,
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
    })
    const parsed = schema.safeParse(answer)
    if (parsed.success) return parsed.data
    throw new AppError(
      'service',
      `The login service of the profile "${excerpt(name)}" answered ${path} with something else than its API describes: try again later.`,
    )
  }
}
