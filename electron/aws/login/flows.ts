// The two ways to a token: an authorization code that the browser brings back, and a code that a person compares in a browser.
//
//   code     RegisterClient → listener on 127.0.0.1 → page of AWS (PKCE S256, state) → CreateToken (authorization_code)
//   device   RegisterClient → StartDeviceAuthorization → page of AWS, user code     → CreateToken (device_code) until it is given
//
// Owns the listener, the waits and their limits. Does not own the cache of tokens (login.ts), nor how the page is shown.
// Source: RFC 6749 §4.1, RFC 7636, RFC 8628 §3.5; botocore utils SSOTokenFetcherAuth, SSOTokenFetcher.

import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { AppError, asError } from '../../../shared/errors'
import { LoginRefusal } from '../credentials/loginservice'
import type { SsoLogin } from '../credentials/ssoprofile'
import { until } from '../deadline'
import { excerpt } from '../errors/foreigntext'
import { listenForCode, type Callback } from './callback'
import { ACCOUNT_SCOPE, Oidc, type Client, type DeviceAuthorization, type Grant, type Token } from './oidc'
import { isLoginPage, loginPage } from './page'
import { clientFor, forgetClient } from './registration'

/** The limit of a login. AWS's codes end after 10 minutes too. */
export const LOGIN_MS = 600_000

/** The pause between two calls of CreateToken, and its growth after each `slow_down`. Source: RFC 8628 §3.5. */
const POLL_MS = 5_000
const SLOWER_MS = 5_000
/** The shortest pause. AWS asks for one second. */
const LEAST_POLL_MS = 1_000

/** The page that a person has to open. `endsAt`: epoch ms. */
export type LoginStep =
  | { readonly kind: 'code'; readonly url: string; readonly endsAt: number }
  /** `userCode`: the code that the page shows; the person compares the two. */
  | { readonly kind: 'device'; readonly url: string; readonly userCode: string; readonly endsAt: number }

/** The means of a flow. */
export interface FlowMeans {
  readonly login: SsoLogin
  readonly home: string
  readonly handler: NodeHttpHandler
  /** Shows a person the page. Must not throw. */
  readonly show: (step: LoginStep) => void
  readonly signal: AbortSignal
  /** Given by tests. */
  readonly limitMs?: number
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** A token, with the client that it was given to. */
export interface Granted {
  readonly client: Client
  readonly token: Token
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url')
}

function tooLate(name: string): AppError {
  return new AppError(
    'timeout',
    `The login of the profile "${excerpt(name)}" was not finished within 10 minutes: log in again.`,
  )
}

function refused(name: string, refusal: LoginRefusal): AppError {
  const profile = excerpt(name)
  if (/^(AccessDeniedException|access_denied)$/.test(refusal.code)) {
    const text = `The login of the profile "${profile}" was refused in the browser: log in again and allow the access.`
    return new AppError('access-denied', text, { cause: refusal })
  }
  if (/^(InvalidScopeException|invalid_scope)$/.test(refusal.code)) {
    const text = `AWS does not know a scope of the profile "${profile}": correct sso_registration_scopes in ~/.aws/config.`
    return new AppError('profile-unknown', text, { cause: refusal })
  }
  if (/^(ExpiredTokenException|expired_token)$/.test(refusal.code)) return tooLate(name)
  const text =
    `The login service of the profile "${profile}" refused the login (${refusal.message}): check sso_start_url and ` +
    'sso_region in ~/.aws/config, then log in again.'
  return new AppError('service', text, { cause: refusal })
}

interface Limit extends Disposable {
  readonly signal: AbortSignal
}

/** Joins the caller's signal with the limit of the login. */
function limited({ login, limitMs = LOGIN_MS, signal }: FlowMeans): Limit {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(tooLate(login.name)), limitMs)
  return { signal: AbortSignal.any([signal, limit.signal]), [Symbol.dispose]: () => clearTimeout(timer) }
}

/** The page of the flow with a code. */
function authorizeUrl(login: SsoLogin, query: Readonly<Record<string, string>>): string {
  return `${login.oidc}/authorize?${new URLSearchParams(query).toString()}`
}

/** Whether the flow with an authorization code can be used: the profile names a session, and the page is on a host of AWS. */
function hasCodeFlow(login: SsoLogin): boolean {
  return login.session !== undefined && isLoginPage(authorizeUrl(login, {}), login)
}

/** Prepares the flow with an authorization code. Undefined if Culvert cannot listen, or if the service does not have this flow. */
async function prepared(
  means: FlowMeans,
  oidc: Oidc,
  state: string,
): Promise<{ readonly client: Client; readonly callback: Callback } | undefined> {
  const callback = await listenForCode({ state, profile: means.login.name }).catch(() => undefined)
  if (callback === undefined) return undefined
  try {
    return { client: await clientFor('code', means.login, { oidc, home: means.home }), callback }
  } catch (error) {
    await callback[Symbol.asyncDispose]()
    // An OIDC service without this flow refuses the grant type or the redirect URI.
    const code = error instanceof LoginRefusal ? error.code : ''
    if (/^(UnsupportedGrantType|InvalidRedirectUri|InvalidRequest|unsupported_grant|invalid_re)/.test(code))
      return undefined
    throw error
  }
}

async function byCode(means: FlowMeans, oidc: Oidc, signal: AbortSignal): Promise<Granted | undefined> {
  const { login, show } = means
  const [state, verifier] = [base64url(randomBytes(32)), base64url(randomBytes(48))]
  const ready = await prepared(means, oidc, state)
  if (ready === undefined) return undefined
  const { client } = ready
  await using callback = ready.callback
  const url = authorizeUrl(login, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: callback.redirectUri,
    state,
    code_challenge_method: 'S256',
    scopes: (login.scopes ?? [ACCOUNT_SCOPE]).join(' '),
    code_challenge: base64url(createHash('sha256').update(verifier).digest()),
  })
  show({ kind: 'code', url: loginPage(url, login), endsAt: Date.now() + (means.limitMs ?? LOGIN_MS) })
  const code = await until(callback.code, signal, () => asError(signal.reason))
  const grant = { kind: 'code', code, verifier, redirectUri: callback.redirectUri } as const
  return { client, token: await oidc.createToken(client, grant) }
}

/** Calls CreateToken until the person has allowed the access. Failures that may pass, such as an outage, do not end the login. */
async function polled(
  means: FlowMeans,
  ask: () => Promise<Token>,
  first: { readonly intervalMs: number; readonly signal: AbortSignal },
): Promise<Token> {
  const { signal } = first
  const { pause = (ms, ending) => sleep(ms, undefined, { signal: ending }) } = means
  for (let intervalMs = first.intervalMs; ;) {
    await pause(intervalMs, signal).catch(() => undefined)
    signal.throwIfAborted()
    try {
      return await ask()
    } catch (error) {
      signal.throwIfAborted()
      const isPending =
        error instanceof LoginRefusal && /^(AuthorizationPending|authorization_pending)/.test(error.code)
      const isPassing = error instanceof AppError && ['throttled', 'network', 'service', 'timeout'].includes(error.code)
      if (!isPending && !isPassing) throw error
      if (error instanceof AppError && error.code === 'throttled') intervalMs += SLOWER_MS
    }
  }
}

function isUnknownClient(error: unknown): boolean {
  return (
    error instanceof LoginRefusal &&
    /^(InvalidClient|invalid_client|UnauthorizedClient|unauthorized_client)/.test(error.code)
  )
}

/** Starts a device authorization. Registers a new client if AWS no longer knows the kept one. */
async function started(
  { login, home }: FlowMeans,
  oidc: Oidc,
): Promise<{ readonly client: Client; readonly device: DeviceAuthorization }> {
  const start = async (): Promise<{ readonly client: Client; readonly device: DeviceAuthorization }> => {
    const client = await clientFor('device', login, { oidc, home })
    return { client, device: await oidc.startDevice(client) }
  }
  try {
    return await start()
  } catch (error) {
    if (!isUnknownClient(error)) throw error
    await forgetClient(login, home)
    return start()
  }
}

async function byDevice(means: FlowMeans, oidc: Oidc, signal: AbortSignal): Promise<Granted> {
  const { login, show } = means
  const { client, device } = await started(means, oidc)
  const { deviceCode, userCode, verificationUri, verificationUriComplete, expiresIn, interval } = device
  const endsAt = Date.now() + Math.min(expiresIn * 1_000, means.limitMs ?? LOGIN_MS)
  const url = loginPage(verificationUriComplete ?? verificationUri, login)
  show({ kind: 'device', url, userCode: excerpt(userCode, 64), endsAt })
  const grant: Grant = { kind: 'device', deviceCode }
  const intervalMs = interval === undefined ? POLL_MS : Math.max(LEAST_POLL_MS, interval * 1_000)
  return { client, token: await polled(means, () => oidc.createToken(client, grant), { intervalMs, signal }) }
}

/**
 * Has a person log in, and resolves with the token. `isDevice`: by a code; also where the flow with an authorization code cannot be
 * used. Throws `access-denied`, `timeout` after 10 minutes, `service`, `network`, `throttled`, `profile-unknown`, or the reason of
 * `signal`.
 */
export async function runFlow(means: FlowMeans, { isDevice }: { readonly isDevice: boolean }): Promise<Granted> {
  const { login, handler } = means
  using limit = limited(means)
  const { signal } = limit
  const oidc = new Oidc(login, { handler, signal })
  try {
    const granted = isDevice || !hasCodeFlow(login) ? undefined : await byCode(means, oidc, signal)
    return granted ?? (await byDevice(means, oidc, signal))
  } catch (error) {
    if (isUnknownClient(error)) await forgetClient(login, means.home)
    throw error instanceof LoginRefusal ? refused(login.name, error) : error
  }
}
