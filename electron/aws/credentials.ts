// Credentials of one account: found where AWS's tools look for them, and looked up again as they age.
//
// Order, first that has any: given (Demo), the profile named on the command line, keys in the environment, the profile
// of AWS_PROFILE or `default`, web identity, container, instance metadata. Source: AWS CLI user guide, "Configuration
// and credential precedence". The SDK's own chain differs: it lets AWS_PROFILE win over keys in the environment, and it
// reads process.env, where ours reads the environment that it was given.

import { AppError } from '../../shared/errors'
import { makeStsClient } from './clients'
import type { AwsIdentity, ClientsOptions } from './clients'
import { toAppError, toProfileError } from './errors'
import { readProfile } from './profiles'
import type { Profile } from './profiles'
import { missingSentence } from './sentences'
import type { CredentialSource } from './sentences'

/** Temporary credentials are renewed this long before they expire, as the SDK does. */
const RENEW_BEFORE_MS = 300_000

/**
 * Credentials without expiry are looked up again after this long: long enough that one action asks a credential_process
 * (and whoever answers its prompt) once, short enough that keys that a tool has rewritten are seen.
 */
const REMEMBER_MS = 60_000

/** Instance metadata answers within milliseconds or is not there. */
const METADATA_TIMEOUT_MS = 1_000

/** What credentials are found by. */
export interface CredentialsOptions extends ClientsOptions {
  readonly env: NodeJS.ProcessEnv
  readonly given?: AwsIdentity
}

interface RoleRequest {
  readonly RoleArn?: string | undefined
  readonly RoleSessionName?: string | undefined
}

function identityFrom(
  answer: { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined } & {
    SessionToken?: string | undefined
    Expiration?: Date | undefined
  },
): AwsIdentity {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = answer
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new AppError('service', 'AWS assumed the role but gave no credentials for it: try again.')
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(answer.Expiration === undefined ? {} : { expiration: answer.Expiration }),
  }
}

const CREDENTIAL_KEYS = [
  'role_arn',
  'aws_access_key_id',
  'credential_process',
  'web_identity_token_file',
  'credential_source',
]

function isSso(profile: Profile): boolean {
  return Object.keys(profile.values).some((key) => key.startsWith('sso_'))
}

/** Where the credentials of an account are to be looked for. */
function sourceOf(options: CredentialsOptions, profile: Profile | undefined): CredentialSource {
  const { env, given, settings } = options
  if (given !== undefined || profile === undefined) return { kind: 'given' }
  const isInEnvironment = Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY'])
  if (isInEnvironment && !settings.isProfileChosen) return { kind: 'environment' }
  const { name, values } = profile
  if (isSso(profile)) return { kind: 'profile', name, login: 'aws sso login' }
  if (values['login_session'] !== undefined) return { kind: 'profile', name, login: 'aws login' }
  return CREDENTIAL_KEYS.some((key) => values[key] !== undefined) ? { kind: 'profile', name } : { kind: 'platform' }
}

/** Finds, remembers and renews the credentials of one account. */
export class Credentials {
  readonly #options: CredentialsOptions
  #source: CredentialSource
  #pending: Promise<AwsIdentity> | undefined
  #held: { readonly identity: AwsIdentity; readonly untilAt: number } | undefined

  constructor(options: CredentialsOptions) {
    this.#options = options
    this.#source = sourceOf(options, options.settings.profile)
  }

  /** Where credentials come from, for error messages. Known before they are looked up. */
  get source(): CredentialSource {
    return this.#source
  }

  /**
   * The credentials now. Askers at the same time share one look-up. Throws `credentials-missing`,
   * `credentials-expired`, `access-denied` (a role that may not be assumed), `profile-unknown` (a profile that makes no
   * sense) or `network`.
   */
  get(): Promise<AwsIdentity> {
    if (this.#held !== undefined && Date.now() < this.#held.untilAt) return Promise.resolve(this.#held.identity)
    this.#pending ??= this.#lookUp()
      .catch((error: unknown) => this.#stillGood(error))
      .finally(() => {
        this.#pending = undefined
      })
    return this.#pending
  }

  /** What is renewed ahead of its expiry and cannot be renewed now is good until then. */
  #stillGood(error: unknown): AwsIdentity {
    const identity = this.#held?.identity
    if (identity?.expiration !== undefined && identity.expiration.getTime() > Date.now()) return identity
    throw error
  }

  /** Forgets what is remembered, because AWS has refused it. */
  forget(): void {
    this.#held = undefined
  }

  async #lookUp(): Promise<AwsIdentity> {
    const identity = await this.#resolve()
    const { expiration } = identity
    const untilAt = expiration === undefined ? Date.now() + REMEMBER_MS : expiration.getTime() - RENEW_BEFORE_MS
    this.#held = { identity, untilAt }
    return identity
  }

  async #resolve(): Promise<AwsIdentity> {
    const { env, given, settings } = this.#options
    if (given !== undefined) return given
    // Read anew: the user may have logged in or run "aws configure" since.
    const named = settings.profile?.name === 'default' ? undefined : settings.profile?.name
    const profile = await readProfile(named, env)
    const source = sourceOf(this.#options, profile)
    this.#source = source
    switch (source.kind) {
      case 'given':
      case 'environment':
        return {
          accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
          secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
          ...(env['AWS_SESSION_TOKEN'] ? { sessionToken: env['AWS_SESSION_TOKEN'] } : {}),
        }
      case 'profile':
        return this.#fromProfile(profile).catch((error: unknown) => {
          throw toProfileError(error, source)
        })
      case 'platform':
        return this.#fromPlatform()
    }
  }

  async #fromProfile(profile: Profile): Promise<AwsIdentity> {
    const providers = await import('@aws-sdk/credential-providers')
    const common = {
      ...profile.files,
      profile: profile.name,
      ignoreCache: true,
      clientConfig: { requestHandler: this.#options.network.requestHandler },
    }
    // Asked directly, because fromIni would look for the SSO profile in the default files.
    if (profile.values['role_arn'] === undefined && isSso(profile)) return providers.fromSSO(common)()
    return providers.fromIni({
      ...common,
      roleAssumer: async (source, request) => this.#assumeRole(source, request),
      roleAssumerWithWebIdentity: async (request) => this.#assumeRoleWithToken(request),
    })()
  }

  async #assumeRole(source: AwsIdentity, request: RoleRequest): Promise<AwsIdentity> {
    const client = await makeStsClient(this.#options, () => Promise.resolve(source))
    const { AssumeRoleCommand } = await import('@aws-sdk/client-sts')
    const answer = await client
      .send(new AssumeRoleCommand({ RoleArn: undefined, RoleSessionName: undefined, ...request }))
      .catch((error: unknown) => this.#refuse(error, 'sts:AssumeRole'))
    return identityFrom(answer.Credentials ?? {})
  }

  async #assumeRoleWithToken(
    request: RoleRequest & { readonly WebIdentityToken?: string | undefined },
  ): Promise<AwsIdentity> {
    // The request is signed by the token in it; these keys are never looked at.
    const client = await makeStsClient(this.#options, () => Promise.resolve({ accessKeyId: '', secretAccessKey: '' }))
    const { AssumeRoleWithWebIdentityCommand } = await import('@aws-sdk/client-sts')
    const answer = await client
      .send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: undefined,
          RoleSessionName: undefined,
          WebIdentityToken: undefined,
          ...request,
        }),
      )
      .catch((error: unknown) => this.#refuse(error, 'sts:AssumeRoleWithWebIdentity'))
    return identityFrom(answer.Credentials ?? {})
  }

  async #refuse(error: unknown, action: string): Promise<never> {
    throw await toAppError(error, { action, region: this.#options.settings.region, source: this.#source })
  }

  async #fromPlatform(): Promise<AwsIdentity> {
    const { env } = this.#options
    const providers = await import('@aws-sdk/credential-providers')
    const tokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE']
    const roleArn = env['AWS_ROLE_ARN']
    if (tokenFile && roleArn) {
      return providers.fromTokenFile({
        webIdentityTokenFile: tokenFile,
        roleArn,
        ...(env['AWS_ROLE_SESSION_NAME'] ? { roleSessionName: env['AWS_ROLE_SESSION_NAME'] } : {}),
        roleAssumerWithWebIdentity: async (request) => this.#assumeRoleWithToken(request),
      })()
    }
    const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
    const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI']
    const isMetadataOff = env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true'
    try {
      if (relative || full) {
        return await providers.fromHttp({
          ...(relative
            ? { awsContainerCredentialsRelativeUri: relative }
            : { awsContainerCredentialsFullUri: full ?? '' }),
          awsContainerAuthorizationToken: env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] ?? '',
          awsContainerAuthorizationTokenFile: env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '',
        })()
      }
      if (!isMetadataOff) return await providers.fromInstanceMetadata({ timeout: METADATA_TIMEOUT_MS, maxRetries: 0 })()
    } catch (error) {
      throw new AppError('credentials-missing', this.#missing(), { cause: error })
    }
    throw new AppError('credentials-missing', this.#missing())
  }

  #missing(): string {
    const { profile } = this.#options.settings
    return missingSentence(profile === undefined ? this.#source : { kind: 'profile', name: profile.name })
  }
}
