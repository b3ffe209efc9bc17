// The user's AWS profiles: ~/.aws/config and ~/.aws/credentials, read and never written.
//
// Owns: where the two files are, the list of profiles, one profile's merged values, and the errors about files that cannot be
// used. Does not own: bounded reading (userfile.ts), parsing (ini.ts), what a value means (settings.ts) and
// turning a profile into credentials (../credentials). Files are read anew at each call, because other tools rewrite them
// while we run.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors'
import type { AmbientProfile, ProfileChoice } from '../../../shared/model/environment'
import { BrokenText, configSections, decodeText, mergeSections, parseIni, type Section, type Sections } from './ini'
import { FileFault, readUserFile } from './userfile'

/** The variable that names another path, for each file. */
export const FILE_VARIABLES = { config: 'AWS_CONFIG_FILE', credentials: 'AWS_SHARED_CREDENTIALS_FILE' } as const

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
  readonly values: Section
  /** Values of the `[services NAME]` section that the profile names, as `ssm.endpoint_url`. */
  readonly services: Section
  /** All sections of both files: a profile may name others. */
  readonly sections: Sections
}

/** The profile's name where none is named. Source: AWS CLI user guide, "Named profiles". */
const DEFAULT_PROFILE = 'default'

/** How many profiles a sentence names. */
const MAX_NAMES = 30

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

/** Parses one file; a missing one is empty. `variable` names where its path may be set. */
async function readSections(path: string, variable: string): Promise<Sections> {
  try {
    return parseIni(decodeText(await readUserFile(path)))
  } catch (error) {
    const make = (text: string): AppError => new AppError('profile-unknown', text, { cause: error })
    if (error instanceof BrokenText) throw make(`The AWS file ${path} ${error.message}`)
    if (!(error instanceof FileFault)) throw error
    if (error.kind === 'missing') return new Map()
    const next = error.kind === 'forbidden' ? 'change its permissions' : 'put a text file of AWS profiles there'
    throw make(`The AWS file ${path} ${error.message}: ${next}, or set ${variable} to another file.`)
  }
}

async function load(files: ProfileFiles): Promise<Sections> {
  const [config, credentials] = await Promise.all([
    readSections(files.configFilepath, FILE_VARIABLES.config),
    readSections(files.filepath, FILE_VARIABLES.credentials),
  ])
  return mergeSections(configSections(config), credentials)
}

function namesIn(sections: Sections): string[] {
  const names = [...sections.keys()].filter((key) => !OTHER_SECTIONS.some((prefix) => key.startsWith(prefix)))
  return names.toSorted((a, b) => Number(b === DEFAULT_PROFILE) - Number(a === DEFAULT_PROFILE) || a.localeCompare(b))
}

/** The profile that the environment variables name; undefined without one. The AWS CLI reads the second one, too. */
export function profileVariable(env: NodeJS.ProcessEnv): string | undefined {
  return env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'] || undefined
}

/** The region that the environment variables name; undefined without one. */
export function regionVariable(env: NodeJS.ProcessEnv): string | undefined {
  return env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined
}

/** Some of the names, for a sentence. */
function someOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES
  return more > 0 ? `${names.slice(0, MAX_NAMES).join(', ')} and ${more} more` : names.join(', ')
}

/**
 * Lists all profiles, `default` first, then by name. Missing files hold none; `sso-session` is none. Throws `profile-unknown` for
 * a file that cannot be read or is broken, with its path, why, and the line; `internal` where too many files are open.
 */
export async function listProfiles(env: NodeJS.ProcessEnv): Promise<readonly ProfileChoice[]> {
  const sections = await load(profileFiles(env))
  return namesIn(sections).map((name) => {
    // A profile without a region opens in the region of the variables, so that is the one to show.
    const region = sections.get(name)?.['region'] ?? regionVariable(env)
    return { name, ...(region === undefined ? {} : { region }) }
  })
}

/** Variables that say that an AWS account is set up here, without any file. */
const ACCOUNT_VARIABLES = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
]

/**
 * Whether this computer is set up for AWS: a variable, a profile, or a file that cannot be read. An unreadable file counts, so
 * that the account is opened, and says what is wrong with the file, instead of the Demo. Never rejects.
 */
export async function hasAwsSetup(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (ACCOUNT_VARIABLES.some((name) => (env[name] ?? '') !== '')) return true
  return listProfiles(env).then(
    (profiles) => profiles.length > 0,
    () => true,
  )
}

/** Variables that give credentials without any profile. Those of a machine's own role follow the profile of AWS_PROFILE. */
const PLATFORM_VARIABLES = ACCOUNT_VARIABLES.filter(
  (name) => !['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_ACCESS_KEY_ID'].includes(name),
)

/** The profile that is used where none is named: see `AmbientProfile`. */
export function ambientProfile(env: NodeJS.ProcessEnv): AmbientProfile {
  const named = profileVariable(env)
  const isVariables = hasKeys(env) || (named === undefined && PLATFORM_VARIABLES.some((name) => env[name]))
  return { name: isVariables ? 'Environment variables' : (named ?? DEFAULT_PROFILE), isVariables }
}

/** Whether the environment itself has keys. */
export function hasKeys(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY'])
}

/** Empty where the files may not be read and the environment has keys: services run with the HOME of another user. */
function unlessNeeded(error: unknown, env: NodeJS.ProcessEnv): Sections {
  const isForbidden = error instanceof AppError && error.cause instanceof FileFault && error.cause.kind === 'forbidden'
  if (isForbidden && hasKeys(env)) return new Map()
  throw error
}

/**
 * Reads the profile `name`, or `default` where it is undefined. A missing `default` is an empty profile.
 * Throws `profile-unknown` for a name that neither file has, for a `services` section that is missing, and as `listProfiles`.
 */
export async function readProfile(name: string | undefined, env: NodeJS.ProcessEnv): Promise<Profile> {
  const files = profileFiles(env)
  const loading = load(files)
  const sections = await (name === undefined ? loading.catch((error: unknown) => unlessNeeded(error, env)) : loading)
  const values = sections.get(name ?? DEFAULT_PROFILE)
  if (values === undefined && name !== undefined) {
    const names = namesIn(sections)
    throw new AppError(
      'profile-unknown',
      `There is no AWS profile "${name}" in ${files.configFilepath} or ${files.filepath}: ` +
        (names.length === 0 ? 'no profile was found there.' : `choose one of ${someOf(names)}.`),
      { command: 'aws configure list-profiles' },
    )
  }
  const services = values?.['services']
  if (services !== undefined && !sections.has(`services.${services}`)) {
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
    services: (services === undefined ? undefined : sections.get(`services.${services}`)) ?? {},
    sections,
  }
}
