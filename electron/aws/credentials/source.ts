// Where the credentials of an account come from: decided from the environment and the profile, without looking them up. Pure.

import type { Settings } from '../profiles/settings'
import { hasKeys, type Profile } from '../profiles/profiles'
import type { Section } from '../profiles/ini'
import type { CredentialSource } from '../errors/sentences'
import { isSso } from './chain'
import { accountOf } from './providers'

interface Options {
  readonly env: NodeJS.ProcessEnv
  readonly given?: unknown
  readonly settings: Settings
}

const CREDENTIAL_KEYS = [
  'role_arn',
  'aws_access_key_id',
  'credential_process',
  'web_identity_token_file',
  'credential_source',
]

/** Whether a profile says where its credentials come from. */
export function hasCredentials(values: Section): boolean {
  return isSso(values) || ['login_session', ...CREDENTIAL_KEYS].some((key) => values[key] !== undefined)
}

/** Where the credentials of a profile come from. */
export function profileSource({ name, values }: Profile): Extract<CredentialSource, { readonly kind: 'profile' }> {
  const known = { kind: 'profile', name, ...accountOf(values) } as const
  if (isSso(values)) return { ...known, login: 'aws sso login' }
  return values['login_session'] === undefined ? known : { ...known, login: 'aws login' }
}

/** Where the credentials of an account come from. */
export function sourceOf(options: Options, profile: Profile | undefined): CredentialSource {
  const { env, given, settings } = options
  if (given !== undefined || profile === undefined) return { kind: 'given' }
  if (hasKeys(env) && !settings.isProfileChosen) return { kind: 'environment' }
  return hasCredentials(profile.values) ? profileSource(profile) : { kind: 'platform' }
}
