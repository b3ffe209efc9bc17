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

/** An SSO login, and the account and role that a profile wants with it. */
export interface SsoProfile {
  readonly name: string
  /** What names the file of the login: the session's name, or the start URL. */
  readonly cacheKey: string
  readonly region: string
  readonly accountId: string
  readonly roleName: string
  /** URL of the portal, without a slash at its end. */
  readonly portal: string
  /** URL of the OIDC service, likewise. */
  readonly oidc: string
}

function broken(name: string, why: string): AppError {
  const command = mendingCommand('profile-unknown', { source: { kind: 'profile', name } })
  return new AppError('profile-unknown', `The profile "${excerpt(name)}" ${why}`, { command })
}

/** Reads the login of the profile `name`. Throws `profile-unknown` for a section or a value that is missing or contradicts another. */
export function ssoProfile(
  name: string,
  values: Section,
  profile: Profile,
  endpoints: Settings['endpoints'],
): SsoProfile {
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
  const own = (key: string): string => {
    const value = values[key]
    if (value === undefined) throw broken(name, `has no ${key}: add it to the profile in ~/.aws/config.`)
    return value
  }
  const [startUrl, region] = [shared('sso_start_url'), shared('sso_region')]
  // The region becomes a part of host names, and the login's token is sent there.
  if (!isRegionName(region)) throw broken(name, `has the sso_region "${excerpt(region)}", which is not an AWS region.`)
  const plain = (url: string): string => url.replace(/\/+$/, '')
  return {
    name,
    cacheKey: session ?? startUrl,
    region,
    accountId: own('sso_account_id'),
    roleName: own('sso_role_name'),
    portal: plain(endpoints.sso ?? `https://${publicHost('portal.sso', region)}`),
    oidc: plain(endpoints.sso_oidc ?? `https://${publicHost('oidc', region)}`),
  }
}
