// What a profile says about its SSO login, with the section [sso-session NAME] that it may name.
//
// Pure. Every fault here is one of the files, which only a person can correct. Source: AWS SDKs and Tools reference, "IAM Identity
// Center credential provider".

import { AppError } from '../../../shared/errors'
import { publicHost } from '../../../shared/partitions'
import { mendingCommand } from '../errors/commands'
import { excerpt } from '../errors/foreigntext'
import type { Section } from '../profiles/ini'
import type { Profile } from '../profiles/profiles'
import { isRegionName, type Settings } from '../profiles/settings'

/** An SSO login: where it is done, and in which file it is kept. */
export interface SsoLogin {
  /** The profile. */
  readonly name: string
  /** The name of its `[sso-session]`; undefined for a profile of the older form, which names none. */
  readonly session: string | undefined
  /** What names the file of the login: the session's name, or the start URL. */
  readonly cacheKey: string
  readonly startUrl: string
  readonly region: string
  /** `sso_registration_scopes`; undefined where the session names none. */
  readonly scopes: readonly string[] | undefined
  /** The account that the profile wants, where it names one. */
  readonly accountId: string | undefined
  /** URL of the OIDC service, without a slash at its end. */
  readonly oidc: string
}

/** An SSO login, and the account and role that a profile wants with it. */
export interface SsoProfile extends SsoLogin {
  readonly accountId: string
  readonly roleName: string
  /** URL of the portal, without a slash at its end. */
  readonly portal: string
}

/** The longest start URL and session name that are used: they are shown, and a portal's are far shorter. */
const MAX_START_URL = 2_048
const MAX_SESSION = 256
const MAX_SCOPES = 32

function broken(name: string, why: string): AppError {
  const command = mendingCommand('profile-unknown', { source: { kind: 'profile', name } })
  return new AppError('profile-unknown', `The profile "${excerpt(name)}" ${why}`, { command })
}

const plain = (url: string): string => url.replace(/\/+$/, '')

/** Reads the login of the profile `name`. Throws `profile-unknown` for a section or a value that is missing or contradicts another. */
export function ssoLogin(
  name: string,
  values: Section,
  profile: Pick<Profile, 'sections' | 'files'>,
  endpoints: Settings['endpoints'],
): SsoLogin {
  const session = values['sso_session']
  const section = session === undefined ? undefined : profile.sections.get(`sso-session.${session}`)
  if (session !== undefined && section === undefined) {
    throw broken(
      name,
      `names sso_session "${excerpt(session)}", which is not in ${profile.files.configFilepath}: ` +
        `add the section [sso-session ${excerpt(session)}] with sso_start_url and sso_region, or run "aws configure sso".`,
    )
  }
  const where = session === undefined ? 'the profile' : `[sso-session ${excerpt(session)}]`
  const shared = (key: string): string => {
    const [own, theirs] = [values[key], section?.[key]]
    if (own !== undefined && theirs !== undefined && own !== theirs) {
      throw broken(name, `and ${where} name two values of ${key}: remove it from the profile in ~/.aws/config.`)
    }
    const value = section === undefined ? own : theirs
    if (value === undefined) throw broken(name, `has no ${key}: add it to ${where} in ~/.aws/config.`)
    return value
  }
  const [startUrl, region] = [shared('sso_start_url'), shared('sso_region')]
  if (startUrl.length > MAX_START_URL || (session?.length ?? 0) > MAX_SESSION) {
    throw broken(name, 'has a sso_start_url or sso_session that is too long: correct it in ~/.aws/config.')
  }
  // The region becomes a part of host names, and the login's token is sent there.
  if (!isRegionName(region)) throw broken(name, `has the sso_region "${excerpt(region)}", which is not an AWS region.`)
  return {
    name,
    session,
    cacheKey: session ?? startUrl,
    startUrl,
    region,
    scopes: scopesOf(name, section?.['sso_registration_scopes']),
    accountId: values['sso_account_id'],
    oidc: plain(endpoints.sso_oidc ?? `https://${publicHost('oidc', region)}`),
  }
}

/** The scopes, as the AWS CLI splits them. */
function scopesOf(name: string, text: string | undefined): readonly string[] | undefined {
  const scopes = text
    ?.split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '')
  // Source: RFC 6749 §3.3, scope-token.
  if ((scopes?.length ?? 0) > MAX_SCOPES || scopes?.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,80}$/.test(scope))) {
    throw broken(name, 'has sso_registration_scopes that are not scopes: correct them in ~/.aws/config.')
  }
  return scopes
}

/** Reads the login of the profile `name` with the account and role. Throws as `ssoLogin`. */
export function ssoProfile(
  name: string,
  values: Section,
  profile: Profile,
  endpoints: Settings['endpoints'],
): SsoProfile {
  const login = ssoLogin(name, values, profile, endpoints)
  const own = (key: string): string => {
    const value = values[key]
    if (value === undefined) throw broken(name, `has no ${key}: add it to the profile in ~/.aws/config.`)
    return value
  }
  return {
    ...login,
    accountId: own('sso_account_id'),
    roleName: own('sso_role_name'),
    portal: plain(endpoints.sso ?? `https://${publicHost('portal.sso', login.region)}`),
  }
}
