// The way from a profile to credentials, over the profiles that it names: a role that another profile may assume, and so on.
//
// The SDK's fromIni is not used: it would run a credential_process itself and read files and variables of the process. Here
// Culvert runs it (process.ts), and reads only the files and the environment that the account was given. The order of
// precedence is the SDK's. Does not own how each kind of credentials is fetched: `ChainMeans` is handed in.
// Source: @aws-sdk/credential-provider-ini resolveProfileData, resolveAssumeRoleCredentials.

import { AppError } from '../../../shared/errors'
import type { AwsIdentity } from '../clients'
import { excerpt } from '../errors/foreigntext'
import type { Section } from '../profiles/ini'
import type { Profile } from '../profiles/profiles'
import { unrenewed } from './outlook'

/** A role, as a profile asks for it. */
export interface RoleRequest {
  readonly RoleArn: string
  readonly RoleSessionName: string
  readonly ExternalId?: string | undefined
  readonly DurationSeconds?: number | undefined
  /** The second factor whose code goes with the request. */
  readonly SerialNumber?: string | undefined
}

/** Fetches each kind of credentials. `name` is the profile that asks for it. */
export interface ChainMeans {
  /** The RoleSessionName of a role; `configured`: the profile's role_session_name. */
  sessionName(name: string, configured: string | undefined): Promise<string>
  process(name: string, command: string): Promise<AwsIdentity>
  sso(name: string, values: Section): Promise<AwsIdentity>
  /** `aws login`. */
  login(name: string): Promise<AwsIdentity>
  /** Environment, EcsContainer or Ec2InstanceMetadata. */
  source(name: string, credentialSource: string): Promise<AwsIdentity>
  role(source: AwsIdentity, request: RoleRequest): Promise<AwsIdentity>
  roleByToken(
    request: { readonly RoleArn: string; readonly RoleSessionName: string },
    file: string,
  ): Promise<AwsIdentity>
}

/** Whether a section has a key of SSO. */
export function isSso(values: Section): boolean {
  return Object.keys(values).some((key) => key.startsWith('sso_'))
}

function staticKeys(values: Section): AwsIdentity | undefined {
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: token } = values
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  // Files say nothing of their end. A tool that rewrites the file renews them, which is noticed, but is not to be counted on.
  return unrenewed({ accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) })
}

function unusable(name: string, why: string): AppError {
  const text = `The profile "${excerpt(name)}" ${why}: correct it in ~/.aws/config.`
  return new AppError('profile-unknown', text)
}

/** How many seconds a profile wants a role for; AWS's default where it names none. */
function durationOf(name: string, values: Section): number {
  const text = values['duration_seconds'] ?? '3600'
  if (!/^\d{1,6}$/.test(text)) throw unusable(name, 'has a duration_seconds that is not a number of seconds')
  return Number(text)
}

/**
 * The credentials that `profile` leads to. Throws `profile-unknown` where it names no credentials, names a profile that does
 * not exist, or leads back to itself; and what `means` throw.
 */
export function resolveChain(profile: Profile, means: ChainMeans): Promise<AwsIdentity> {
  const { sections } = profile

  /** `visited`: the profiles named as a source on the way here. */
  const resolve = async (name: string, values: Section, visited: ReadonlySet<string>): Promise<AwsIdentity> => {
    const isSource = visited.size > 0
    const keys = staticKeys(values)
    const { role_arn: roleArn, source_profile: sourceName, credential_source: source } = values
    // A source's keys win over its role: a profile may be its own source.
    if (isSource && keys !== undefined) return keys
    if (isSource && roleArn === undefined && source !== undefined) return means.source(name, source)
    if (roleArn !== undefined && (sourceName === undefined) !== (source === undefined)) {
      const request = {
        RoleArn: roleArn,
        RoleSessionName: await means.sessionName(name, values['role_session_name']),
        ExternalId: values['external_id'],
        DurationSeconds: durationOf(name, values),
        SerialNumber: values['mfa_serial'],
      }
      return means.role(
        await (sourceName === undefined ? means.source(name, source ?? '') : next(name, sourceName, visited)),
        request,
      )
    }
    if (keys !== undefined) return keys
    const tokenFile = values['web_identity_token_file']
    if (roleArn !== undefined && tokenFile !== undefined) {
      const RoleSessionName = await means.sessionName(name, values['role_session_name'])
      return means.roleByToken({ RoleArn: roleArn, RoleSessionName }, tokenFile)
    }
    const command = values['credential_process']
    if (command !== undefined) return means.process(name, command)
    if (isSso(values)) return means.sso(name, values)
    if (values['login_session'] !== undefined) return means.login(name)
    throw unusable(name, whyUnusable(values))
  }

  const next = (name: string, sourceName: string, visited: ReadonlySet<string>): Promise<AwsIdentity> => {
    const values = sections.get(sourceName)
    if (values === undefined) {
      throw unusable(name, `names source_profile "${excerpt(sourceName)}", which is in none of the AWS files`)
    }
    if (visited.has(sourceName)) {
      throw unusable(name, `names source_profile "${excerpt(sourceName)}", which leads back to itself`)
    }
    return resolve(sourceName, values, new Set([...visited, sourceName]))
  }

  return resolve(profile.name, profile.values, new Set())
}

function whyUnusable(values: Section): string {
  if (values['role_arn'] === undefined) return 'names no credentials'
  return values['source_profile'] === undefined
    ? 'names a role and no credentials to assume it with (source_profile or credential_source)'
    : 'names a role and both source_profile and credential_source, of which only one can be'
}
