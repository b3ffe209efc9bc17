// Logs in to IAM Identity Center for a profile, without the AWS CLI, and writes the login where all of AWS's tools find it.
//
//   profile (or the profile that it takes its credentials from) → lock → a flow → ~/.aws/sso/cache/SHA1.json
//
// One process logs in at a time. A second process waits for the first and uses its login. Owns the network and the lock of a login.
// Does not own the flows (flows.ts), nor how the page is opened. Source: AWS CLI user guide, "aws sso login".

import { AppError } from '../../../shared/errors'
import { isSso } from '../credentials/chain'
import { isSsoLink, readSsoToken, ssoCachePath, ssoLockPath, writeSsoFile } from '../credentials/ssocache'
import { ssoLogin, type SsoLogin } from '../credentials/ssoprofile'
import { mendingCommand } from '../errors/commands'
import { excerpt } from '../errors/foreigntext'
import { openNetwork } from '../network'
import type { Section } from '../profiles/ini'
import { homeOf, profileVariable, type Profile } from '../profiles/profiles'
import { readSettings, type Settings } from '../profiles/settings'
import type { ResolveProxy } from '../systemnetwork'
import { LOGIN_MS, runFlow, type FlowMeans, type Granted, type LoginStep } from './flows'
import { takeLock, type LockOptions } from './lockfile'
import { timeText } from './oidc'

/** The longest time that a login can hold its lock. */
const LONGEST_MS = LOGIN_MS + 60_000

/** After a wait, a token that is valid for longer than this came from the other process. */
const FRESH_MS = 300_000

/** Names a login in questions to a person. */
export interface LoginNames {
  /** The profile that logs in: the one that was asked for, or the one that it takes its credentials from. */
  readonly profile: string
  readonly startUrl: string
  /** The account that the profile wants, where it names one. */
  readonly account?: string
}

/** The parameters of `logIn`. */
export interface LoginOptions extends Pick<FlowMeans, 'limitMs' | 'pause'>, Pick<LockOptions, 'onWait'> {
  /** Absent: the profile of the environment variables, else `default`. */
  readonly profile?: string
  readonly env: NodeJS.ProcessEnv
  /** Asks the system for its proxies. Absent: only those of `env` are known. */
  readonly resolveProxy?: ResolveProxy | undefined
  /** Uses the device flow, which works with the browser of another computer. */
  readonly isDevice: boolean
  /** Shows a person the page, and what the login is for. Must not throw. */
  readonly show: (step: LoginStep, names: LoginNames) => void
  readonly signal: AbortSignal
}

/** A login that was done. */
export interface LoginDone extends LoginNames {
  /** Epoch ms. Culvert renews the login ahead of it where AWS allows that. */
  readonly endsAt: number
}

/** The limit of a chain of source profiles; it may be a circle. */
const MAX_CHAIN = 32

function cannot(name: string, values: Section): AppError {
  const profile = excerpt(name)
  if (values['login_session'] !== undefined) {
    const source = { kind: 'profile', name, login: 'aws login' } as const
    const text = `The profile "${profile}" logs in with the AWS CLI: run its command. Culvert goes on by itself after it.`
    return new AppError('usage', text, { command: mendingCommand('credentials-expired', { source }) })
  }
  return new AppError(
    'usage',
    `The profile "${profile}" has no SSO login: choose one with sso_session or sso_start_url, or add it to ~/.aws/config.`,
  )
}

/** The login that a profile needs, also over the profiles that it takes its credentials from. Throws `usage`, `profile-unknown`. */
function loginOf(profile: Profile, endpoints: Settings['endpoints']): SsoLogin {
  let [name, values]: [string, Section] = [profile.name, profile.values]
  for (let steps = 0; steps < MAX_CHAIN && !isSso(values); steps += 1) {
    const source = values['role_arn'] === undefined ? undefined : values['source_profile']
    const next = source === undefined ? undefined : profile.sections.get(source)
    if (source === undefined || next === undefined) break
    ;[name, values] = [source, next]
  }
  if (!isSso(values)) throw cannot(name, values)
  return ssoLogin(name, values, profile, endpoints)
}

function namesOf({ name, startUrl, accountId }: SsoLogin): LoginNames {
  return { profile: name, startUrl, ...(accountId === undefined ? {} : { account: excerpt(accountId, 32) }) }
}

function unwritten(path: string, why: string): AppError {
  return new AppError(
    'credentials-missing',
    `The login cannot be kept, because its file ${path} ${why}: correct that, and log in again.`,
  )
}

/** Writes the token as the AWS CLI does, with the client that may renew it. */
async function keep(path: string, login: SsoLogin, { client, token }: Granted): Promise<number> {
  const endsAt = Date.now() + token.expiresIn * 1_000
  const { clientId, clientSecret, expiresAt: registrationExpiresAt } = client
  const content = {
    startUrl: login.startUrl,
    region: login.region,
    accessToken: token.accessToken,
    expiresAt: timeText(endsAt),
    clientId,
    clientSecret,
    registrationExpiresAt,
    ...(token.refreshToken === undefined ? {} : { refreshToken: token.refreshToken }),
  }
  const why = await writeSsoFile(path, content, { mayCreate: true })
  if (why !== undefined) throw unwritten(path, why)
  return endsAt
}

/**
 * Logs in. Throws `usage` for a profile without an SSO login, `profile-unknown` for one that is written wrong, `access-denied` and
 * `timeout` where the person did not allow the access, `credentials-missing` where the login cannot be kept, `network`, `throttled`
 * and `service` where AWS could not be asked, or the reason of `signal`.
 */
export async function logIn(options: LoginOptions): Promise<LoginDone> {
  const { env, resolveProxy, signal, isDevice, onWait, show, limitMs, pause } = options
  const name = options.profile ?? profileVariable(env)
  const settings = await readSettings({
    ...(name === undefined ? {} : { profile: name }),
    // The login has a region of its own. The profile's may be missing.
    region: 'us-east-1',
    isSelfContained: false,
    env,
  })
  if (settings.profile === undefined) throw new AppError('internal', 'A login needs a profile.')
  const login = loginOf(settings.profile, settings.endpoints)
  const names = namesOf(login)
  const home = homeOf(env)
  const path = ssoCachePath(home, login.cacheKey)
  if (await isSsoLink(path)) throw unwritten(path, 'is a symbolic link')
  await using lock = await takeLock({
    path: ssoLockPath(home, login.cacheKey, 'login'),
    longestMs: LONGEST_MS,
    signal,
    ...(onWait === undefined ? {} : { onWait }),
    ...(pause === undefined ? {} : { pause }),
  })
  if (lock.hasWaited) {
    const token = await readSsoToken(path)
    const endsAt = token === undefined ? 0 : Date.parse(token.expiresAt)
    if (endsAt - Date.now() > FRESH_MS) return { ...names, endsAt }
  }
  const network = await openNetwork({ env, caBundle: settings.caBundle, resolveProxy })
  try {
    const granted = await runFlow(
      {
        login,
        home,
        handler: network.requestHandler,
        show: (step) => show(step, names),
        signal,
        ...(limitMs === undefined ? {} : { limitMs }),
        ...(pause === undefined ? {} : { pause }),
      },
      { isDevice },
    )
    signal.throwIfAborted()
    return { ...names, endsAt: await keep(path, login, granted) }
  } finally {
    network.destroy()
  }
}
