// The user's AWS profiles: ~/.aws/config and ~/.aws/credentials, read and never written.
//
// Owns: where the two files are, the list of profiles, one profile's merged values. Does not own: what a value means
// (settings.ts) and turning a profile into credentials (credentials.ts). Files are read anew at each call, because other
// tools rewrite them while we run.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseKnownFiles } from '@smithy/shared-ini-file-loader'
import { AppError } from '../../shared/errors'
import type { ProfileChoice } from '../../shared/model'

/** The two files, as the SDK's loaders name them. */
export interface ProfileFiles {
  /** The credentials file. */
  readonly filepath: string
  readonly configFilepath: string
}

/** One profile, its values merged from both files; those of the credentials file win. */
export interface Profile {
  readonly name: string
  readonly files: ProfileFiles
  readonly values: Readonly<Record<string, string | undefined>>
  /** Values of the `[services NAME]` section that the profile names, as `ssm.endpoint_url`. */
  readonly services: Readonly<Record<string, string | undefined>>
}

/** The profile's name where nobody names one. Source: AWS CLI user guide, "Named profiles". */
const DEFAULT_PROFILE = 'default'

/** Keys before a dot mark sections of the config file that are not profiles. Source: @smithy/core parseIni. */
const OTHER_SECTIONS = ['sso-session.', 'services.', 'profile.']

/** The home directory that `env` names, else the system's. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return env['HOME'] || env['USERPROFILE'] || homedir()
}

/** Where the two files are: named by `env`, else below the home directory that `env` names. */
export function profileFiles(env: NodeJS.ProcessEnv): ProfileFiles {
  const home = homeOf(env)
  const expand = (path: string): string => (path.startsWith('~/') ? join(home, path.slice(2)) : path)
  return {
    filepath: expand(env['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials')),
    configFilepath: expand(env['AWS_CONFIG_FILE'] || join(home, '.aws', 'config')),
  }
}

function load(files: ProfileFiles): ReturnType<typeof parseKnownFiles> {
  return parseKnownFiles({ ...files, ignoreCache: true })
}

function namesIn(sections: Awaited<ReturnType<typeof load>>): string[] {
  const names = Object.keys(sections).filter((key) => !OTHER_SECTIONS.some((prefix) => key.startsWith(prefix)))
  return names.toSorted((a, b) => Number(b === DEFAULT_PROFILE) - Number(a === DEFAULT_PROFILE) || a.localeCompare(b))
}

/** Lists all profiles, `default` first, then by name. Missing files hold none; `sso-session` is none. */
export async function listProfiles(env: NodeJS.ProcessEnv): Promise<readonly ProfileChoice[]> {
  const sections = await load(profileFiles(env))
  return namesIn(sections).map((name) => {
    const region = sections[name]?.['region']
    return { name, ...(region === undefined ? {} : { region }) }
  })
}

/** Variables that say that an AWS account is set up here, without any file. */
const ACCOUNT_VARIABLES = [
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
]

/** Whether anything on this computer speaks of an AWS account: a variable, or a profile. Files that cannot be read do not. */
export async function hasAwsSetup(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (ACCOUNT_VARIABLES.some((name) => (env[name] ?? '') !== '')) return true
  const profiles = await listProfiles(env).catch(() => [])
  return profiles.length > 0
}

/**
 * Reads the profile `name`, or `default` where it is undefined. A missing `default` is an empty profile.
 * Throws `profile-unknown` for a name that neither file has, and for a `services` section that is missing.
 */
export async function readProfile(name: string | undefined, env: NodeJS.ProcessEnv): Promise<Profile> {
  const files = profileFiles(env)
  const sections = await load(files)
  const values = sections[name ?? DEFAULT_PROFILE]
  if (values === undefined && name !== undefined) {
    const names = namesIn(sections)
    throw new AppError(
      'profile-unknown',
      `There is no AWS profile "${name}" in ${files.configFilepath} or ${files.filepath}: ` +
        (names.length === 0 ? 'no profile was found there.' : `choose one of ${names.join(', ')}.`),
    )
  }
  const services = values?.['services']
  if (services !== undefined && sections[`services.${services}`] === undefined) {
    throw new AppError(
      'profile-unknown',
      `The profile "${name ?? DEFAULT_PROFILE}" names services "${services}": ` +
        `add the section [services ${services}] to ${files.configFilepath}.`,
    )
  }
  return {
    name: name ?? DEFAULT_PROFILE,
    files,
    values: values ?? {},
    services: (services === undefined ? undefined : sections[`services.${services}`]) ?? {},
  }
}
