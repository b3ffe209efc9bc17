// Credentials of one account: found where AWS's tools look for them. When they are looked up is up to renewal.ts.
//
// Order, first that has some: given (Demo), the profile named on the command line, keys in the environment, the profile
// of AWS_PROFILE or `default`, web identity, container, instance metadata. Source: AWS CLI user guide, "Configuration
// and credential precedence". The SDK's own chain differs: it lets AWS_PROFILE win over keys in the environment, and it
// reads process.env, where ours reads the environment that it was given.

import { AppError, asError } from '../../shared/errors'
import { makeStsClient } from './clients'
import type { AwsIdentity, ClientsOptions } from './clients'
import { toAppError, toProfileError } from './errors'
import { readProfile } from './profiles'
import type { Profile } from './profiles'
import { Renewal } from './renewal'
import type { AskCode, LookUp, Patience } from './renewal'
import { missingSentence, noCodeSentence, wrongCodeSentence } from './sentences'
import type { CredentialSource } from './sentences'

/** A code that AWS refuses is asked for again, so often at most. */
const MAX_CODES = 3

/** Instance metadata answers within milliseconds or is not there. */
const METADATA_TIMEOUT_MS = 1_000

/** What credentials are found by. */
export interface CredentialsOptions extends ClientsOptions {
  readonly env: NodeJS.ProcessEnv
  readonly given?: AwsIdentity
  /** Asks for the code of a second factor; absent: nobody can be asked. */
  readonly askCode?: AskCode
  /** Shared with other accounts of the same profile; absent: its own. */
  readonly renewal?: Renewal
}

type Ask = Parameters<LookUp>[0]

interface RoleRequest {
  readonly RoleArn?: string | undefined
  readonly RoleSessionName?: string | undefined
  /** The second factor whose code goes with the request. */
  readonly SerialNumber?: string | undefined
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

/** The account that a profile leads to, where its own words say so. */
function accountOf({ values }: Profile): { readonly account?: string } {
  const account = values['sso_account_id'] ?? /^arn:[^:]*:iam::(\d{12}):/.exec(values['role_arn'] ?? '')?.[1]
  return account === undefined ? {} : { account }
}

/** Where the credentials of an account are to be looked for. */
function sourceOf(options: CredentialsOptions, profile: Profile | undefined): CredentialSource {
  const { env, given, settings } = options
  if (given !== undefined || profile === undefined) return { kind: 'given' }
  const isInEnvironment = Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY'])
  if (isInEnvironment && !settings.isProfileChosen) return { kind: 'environment' }
  const { name, values } = profile
  const known = { kind: 'profile', name, ...accountOf(profile) } as const
  if (isSso(profile)) return { ...known, login: 'aws sso login' }
  if (values['login_session'] !== undefined) return { ...known, login: 'aws login' }
  return CREDENTIAL_KEYS.some((key) => values[key] !== undefined) ? known : { kind: 'platform' }
}

/** What STS says of a code that is wrong, or was used before. */
const WRONG_CODE = /MultiFactorAuthentication failed/

/** Finds the credentials of one account. */
export class Credentials {
  readonly #options: CredentialsOptions
  readonly #renewal: Renewal
  #source: CredentialSource
  #account: string | undefined

  constructor(options: CredentialsOptions) {
    this.#options = options
    this.#renewal = options.renewal ?? new Renewal()
    this.#source = sourceOf(options, options.settings.profile)
  }

  /** Where credentials come from, for error messages. Known before they are looked up. */
  get source(): CredentialSource {
    return this.#told(this.#source)
  }

  /** Remembers the account that the credentials turned out to belong to, for what has to be said once they have expired. */
  noteAccount(accountId: string): void {
    this.#account = accountId
  }

  /**
   * The credentials now. Askers at the same time share one look-up. Throws `credentials-missing`, `credentials-expired`,
   * `access-denied` (a role that may not be assumed), `profile-unknown` (a profile that makes no sense), `network`, or the
   * reason of `signal`.
   */
  get(patience: Patience, signal?: AbortSignal): Promise<AwsIdentity> {
    return this.#renewal.get((ask) => this.#resolve(ask), patience, signal)
  }

  /** Looks again without asking anybody; what is remembered stays where nothing is found. Throws as `get`. */
  again(): Promise<AwsIdentity> {
    return this.#renewal.again((ask) => this.#resolve(ask))
  }

  /** Forgets `used`, because AWS has refused it. */
  forget(used: AwsIdentity): void {
    this.#renewal.forget(used)
  }

  /** With the account, where it is known. */
  #told<Source extends CredentialSource>(source: Source): Source {
    const isOwned = source.kind === 'profile' || source.kind === 'environment'
    return isOwned && this.#account !== undefined ? { account: this.#account, ...source } : source
  }

  async #resolve(ask: Ask): Promise<AwsIdentity> {
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
        return this.#fromProfile(profile, ask).catch((error: unknown) => {
          throw toProfileError(error, this.#told(source))
        })
      case 'platform':
        return this.#fromPlatform()
    }
  }

  async #fromProfile(profile: Profile, ask: Ask): Promise<AwsIdentity> {
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
      // Asked for by us, once the keys that it goes with are there.
      mfaCodeProvider: () => Promise.resolve(''),
      roleAssumer: async (source, request) =>
        request.SerialNumber === undefined
          ? this.#assumeRole(source, request)
          : this.#assumeRoleWithCode(source, request, (isRepeated) =>
              this.#askCode({ profile: profile.name, serial: request.SerialNumber ?? '', isRepeated }, ask),
            ),
      roleAssumerWithWebIdentity: async (request) => this.#assumeRoleWithToken(request),
    })()
  }

  async #askCode(question: Parameters<AskCode>[0], ask: Ask): Promise<string> {
    const { askCode } = this.#options
    if (askCode === undefined) throw new AppError('credentials-missing', noCodeSentence(question.profile))
    return ask(question, askCode)
  }

  /** A code that AWS refuses is asked for again: it may have been mistyped, or used a moment ago. */
  async #assumeRoleWithCode(
    source: AwsIdentity,
    request: RoleRequest,
    askCode: (isRepeated: boolean) => Promise<string>,
  ): Promise<AwsIdentity> {
    for (let count = 1; ; count += 1) {
      const TokenCode = await askCode(count > 1)
      try {
        return await this.#assumeRole(source, { ...request, TokenCode })
      } catch (error) {
        if (!(error instanceof AppError) || !WRONG_CODE.test(asError(error.cause).message)) throw error
        if (count < MAX_CODES) continue
        throw new AppError('credentials-expired', wrongCodeSentence(this.#source), { cause: error })
      }
    }
  }

  async #assumeRole(
    source: AwsIdentity,
    request: RoleRequest & { readonly TokenCode?: string | undefined },
  ): Promise<AwsIdentity> {
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
