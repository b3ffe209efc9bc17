// Credentials of one account: found where AWS's tools look for them. When they are looked up is up to renewal.ts.
//
// Order, first that has some: given (Demo), the profile named on the command line, keys in the environment, the profile
// of AWS_PROFILE or `default`, web identity, container, instance metadata. Source: AWS CLI user guide, "Configuration
// and credential precedence". The SDK's own chain differs: it lets AWS_PROFILE win over keys in the environment, and it
// reads process.env, where ours reads the environment that it was given.

import { AppError } from '../../../shared/errors'
import type { KeysOutlook } from '../../../shared/session'
import { isSso, resolveChain } from './chain'
import type { AwsIdentity, ClientsOptions } from '../clients'
import { mendingCommand } from '../errors/commands'
import { descriptorError } from '../errors/errors'
import { outlookOf } from './outlook'
import { environmentKeys, instanceKeys } from './platform'
import { hasKeys, readProfile, type Profile } from '../profiles/profiles'
import { accountOf, Providers } from './providers'
import { LookUpEnded, Renewal, type AskCode, type LookUpMeans, type Patience } from './renewal'
import { SessionNames, type Installation } from './sessionname'
import { missingSentence, type CredentialSource } from '../errors/sentences'

/** The parameters of `Credentials`. */
export interface CredentialsOptions extends ClientsOptions {
  readonly env: NodeJS.ProcessEnv
  readonly given?: () => AwsIdentity
  /** Reads the id of this installation, for the names of roles. Absent: the names depend on the profile alone. */
  readonly installation?: Installation
  /** Asks for the code of a second factor. Absent: no person can be asked. */
  readonly askCode?: AskCode
  /** Shared with other accounts of the same profile; absent: its own. */
  readonly renewal?: Renewal
}

const CREDENTIAL_KEYS = [
  'role_arn',
  'aws_access_key_id',
  'credential_process',
  'web_identity_token_file',
  'credential_source',
]

/** Where the credentials of an account come from. */
function sourceOf(options: CredentialsOptions, profile: Profile | undefined): CredentialSource {
  const { env, given, settings } = options
  if (given !== undefined || profile === undefined) return { kind: 'given' }
  if (hasKeys(env) && !settings.isProfileChosen) return { kind: 'environment' }
  const { name, values } = profile
  const known = { kind: 'profile', name, ...accountOf(values) } as const
  if (isSso(values)) return { ...known, login: 'aws sso login' }
  if (values['login_session'] !== undefined) return { ...known, login: 'aws login' }
  return CREDENTIAL_KEYS.some((key) => values[key] !== undefined) ? known : { kind: 'platform' }
}

/** Finds the credentials of one account. Disposing ends a look-up that is under way, and the program that it runs. */
export class Credentials implements Disposable {
  readonly #options: CredentialsOptions
  readonly #renewal: Renewal
  readonly #providers: Providers
  readonly #names: SessionNames
  readonly #life = new AbortController()
  #source: CredentialSource
  #account: string | undefined
  #outlook: KeysOutlook = { kind: 'lasting' }

  constructor(options: CredentialsOptions) {
    this.#options = options
    this.#renewal = options.renewal ?? new Renewal()
    const [{ groups, logins }, { signal }] = [this.#renewal, this.#life]
    this.#names = new SessionNames(options)
    const names = this.#names
    this.#providers = new Providers({ ...options, groups, logins, signal, names, source: () => this.source })
    this.#source = sourceOf(options, options.settings.profile)
  }

  [Symbol.dispose](): void {
    this.#life.abort(new LookUpEnded())
  }

  /** Where credentials come from, for error messages. Known before they are looked up. */
  get source(): CredentialSource {
    return this.#told(this.#source)
  }

  /** What is known of the end of the keys that were found last. */
  get outlook(): KeysOutlook {
    return this.#outlook
  }

  /** Remembers the account of the credentials: the sentence about expired credentials names it. */
  noteAccount(accountId: string): void {
    this.#account = accountId
  }

  /**
   * The credentials now. Callers at the same time share one look-up. Throws `credentials-missing`, `credentials-expired`,
   * `access-denied` (a role that may not be assumed), `profile-unknown` (a profile that makes no sense), `network`, `timeout`, or
   * the reason of `signal`. If that is a deadline, it throws what the look-up was waiting for.
   */
  get(patience: Patience, signal?: AbortSignal): Promise<AwsIdentity> {
    return this.#renewal.get((means) => this.#resolve(means), patience, signal)
  }

  /** Looks again without asking a person. Keeps the remembered credentials if it finds none. Throws as `get`. */
  again(signal?: AbortSignal): Promise<AwsIdentity> {
    return this.#renewal.again((means) => this.#resolve(means), signal)
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

  async #resolve(means: LookUpMeans): Promise<AwsIdentity> {
    const { env, given, settings } = this.#options
    if (given !== undefined) return given()
    this.#life.signal.throwIfAborted()
    // Read anew: the user may have logged in or run "aws configure" since.
    const named = settings.profile?.name === 'default' ? undefined : settings.profile?.name
    const profile = await readProfile(named, env)
    const source = sourceOf(this.#options, profile)
    this.#source = source
    switch (source.kind) {
      case 'given':
      case 'environment':
        return this.#noted(environmentKeys(env) ?? this.#refuse())
      case 'profile':
        return resolveChain(profile, this.#providers.ofProfile(profile, means))
      case 'platform':
        return (await this.#fromPlatform(means)) ?? this.#refuse()
    }
  }

  /** Notes when keys end that cannot be renewed here. */
  #noted(identity: AwsIdentity): AwsIdentity {
    this.#outlook = outlookOf(identity)
    return identity
  }

  /** Undefined where this place gives no credentials. */
  async #fromPlatform(means: LookUpMeans): Promise<AwsIdentity | undefined> {
    const { env, settings } = this.#options
    const tokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE']
    const roleArn = env['AWS_ROLE_ARN']
    if (tokenFile && roleArn) {
      const RoleSessionName = await this.#names.of(settings.profile?.name ?? 'default')
      return this.#providers.roleByToken({ RoleArn: roleArn, RoleSessionName }, tokenFile, means)
    }
    try {
      return (await this.#providers.container(means)) ?? (await instanceKeys(env))
    } catch (error) {
      const known = error instanceof AppError ? error : descriptorError(error)
      if (known !== undefined) throw known
      return this.#refuse(error)
    }
  }

  #refuse(cause?: unknown): never {
    const { profile } = this.#options.settings
    const source: CredentialSource = profile === undefined ? this.#source : { kind: 'profile', name: profile.name }
    const command = mendingCommand('credentials-missing', { source })
    throw new AppError('credentials-missing', missingSentence(source), { cause, command })
  }
}
