// Credentials of one account: found where AWS's tools look for them. When they are looked up is up to renewal.ts.
//
// Order, first that has some: given (Demo), the profile named on the command line, keys in the environment, the profile
// of AWS_PROFILE or `default`, web identity, container, instance metadata. Source: AWS CLI user guide, "Configuration
// and credential precedence". The SDK's own chain differs: it lets AWS_PROFILE win over keys in the environment, and it
// reads process.env, where ours reads the environment that it was given.
//
// Once AWS has refused the keys in the environment, others of the same owner take their place: those of CULVERT_FALLBACK_PROFILE unasked,
// those of AWS_PROFILE or `default` where a person wants them. Keys that a person hands over come before everything until AWS refuses
// them (replacement.ts).

import { AppError, type ErrorCode } from '../../../shared/errors'
import { endOfVariables } from '../../../shared/keysend'
import type { HandedKeys, HandOver, KeysOutlook } from '../../../shared/session'
import { resolveChain } from './chain'
import { callerOf, type Caller } from './caller'
import type { AwsIdentity, ClientsOptions } from '../clients'
import { mendingCommand } from '../errors/commands'
import { descriptorError } from '../errors/errors'
import { excerpt } from '../errors/foreigntext'
import { malformedEnd, outlookOf } from './outlook'
import { environmentKeys, instanceKeys } from './platform'
import { readProfile, type Profile } from '../profiles/profiles'
import { Providers } from './providers'
import { otherSessionSentence } from './replacement'
import { LookUpEnded, Renewal, type AskCode, type LookUpMeans, type Patience } from './renewal'
import { SessionNames, type Installation } from './sessionname'
import { hasCredentials, profileSource, sourceOf } from './source'
import { missingSentence, type CredentialSource } from '../errors/sentences'

/** The parameters of `Credentials`. */
export interface CredentialsOptions extends ClientsOptions {
  readonly env: NodeJS.ProcessEnv
  readonly given?: () => AwsIdentity
  /** Reads the id of this installation, for the names of roles. Absent: the names depend on the profile alone. */
  readonly installation?: Installation
  /** Asks for the code of a second factor. Absent: no person can be asked. */
  readonly askCode?: AskCode
  /** Takes a sentence about the keys that a person should know of. Must not throw. Absent: no person hears it. */
  readonly onNotice?: (text: string) => void
  /** How new keys are handed over to this process, for errors. Absent: it takes none. */
  readonly handOver?: HandOver
  /** Shared with other accounts of the same profile; absent: its own. */
  readonly renewal?: Renewal
}

/** Codes of a profile that has to be corrected by a person. */
const UNUSABLE: ReadonlySet<ErrorCode> = new Set(['profile-unknown', 'access-denied', 'credentials-missing'])

/** A tunnel that waits for keys goes on waiting where a profile that should take their place gives none. */
function unusableError(name: string, cause: AppError): AppError {
  const text = `The credentials in the environment have ended, and the profile "${excerpt(name)}" gives none: ${cause.message}`
  return new AppError('credentials-expired', text, { cause, command: cause.command })
}

/** Finds the credentials of one account. Disposing ends a look-up that is under way, and the program that it runs. */
export class Credentials implements Disposable {
  readonly #options: CredentialsOptions
  readonly #renewal: Renewal
  readonly #providers: Providers
  readonly #names: SessionNames
  readonly #life = new AbortController()
  #source: CredentialSource

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
    return this.#renewal.outlook
  }

  /** The profile that a person may choose in place of the keys in the environment, which have ended. */
  get offered(): string | undefined {
    const { handed, profile, offered } = this.#renewal.replacement
    return handed === undefined && profile === undefined ? offered : undefined
  }

  /** Remembers the owner of the credentials: the sentence about expired credentials names the account. */
  noteOwner(owner: Caller): void {
    this.#renewal.replacement.noteOwner(owner)
  }

  /** AWS has answered a call with `used`. See `Replacement`. */
  noteWorked(used: AwsIdentity): void {
    this.#renewal.replacement.noteWorked(used, () => this.#owner(used, this.#source))
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
    const { env, settings } = this.#options
    // A profile that was chosen by name does not look at the environment.
    this.#renewal.replacement.noteRefused(used, settings.isProfileChosen ? undefined : environmentKeys(env))
    this.#renewal.forget(used)
  }

  /**
   * Takes keys that a person hands over, if they are of the same account and role as those before. Throws `access-denied` where they are
   * not, `credentials-expired` where AWS does not accept them, and as any call to AWS.
   */
  async take({ endsAt, ...plain }: HandedKeys, signal: AbortSignal): Promise<{ arn: string; risk?: string }> {
    const { replacement } = this.#renewal
    const keys = { ...plain, outlook: outlookOf(plain, endsAt) }
    if (this.#options.given !== undefined)
      throw new AppError('usage', 'The Demo has keys of its own and takes no others.')
    if (replacement.owner === undefined) await this.#learn(signal)
    const after = await this.#owner(keys, { kind: 'handed' }, signal)
    const { before, isOtherSession } = replacement.succeed(keys, after, {
      origin: 'the keys that were handed over',
      refusal: 'access-denied',
    })
    replacement.handed = keys
    await this.#renewal.replace((means) => this.#resolve(means), signal)
    const { arn } = after
    return isOtherSession && before !== undefined ? { arn, risk: otherSessionSentence(before, after) } : { arn }
  }

  /** Takes the keys of a profile from now on, in place of those in the environment. Throws as `take`, and as `get`. */
  async takeProfile(name: string, signal: AbortSignal): Promise<void> {
    await this.#renewal.replace((means) => this.#ofOther(name, means), signal)
    this.#renewal.replacement.profile = name
  }

  /** Asks for the owner of the keys of now, which may still work. */
  async #learn(signal: AbortSignal): Promise<void> {
    try {
      this.noteOwner(await this.#owner(await this.get('never', signal), this.#source, signal))
    } catch {
      signal.throwIfAborted()
    }
  }

  #owner(keys: AwsIdentity, source: CredentialSource, signal?: AbortSignal): Promise<Caller> {
    const signals = [this.#life.signal, ...(signal === undefined ? [] : [signal])]
    return callerOf(keys, { ...this.#options, source, signal: AbortSignal.any(signals) })
  }

  /** With the account, where it is known. */
  #told(source: CredentialSource): CredentialSource {
    const account = this.#renewal.replacement.owner?.accountId
    const known = account === undefined ? {} : { account }
    const { handOver } = this.#options
    const taking = handOver === undefined ? {} : { handOver }
    switch (source.kind) {
      case 'profile':
        return { ...known, ...source }
      case 'handed':
        return { ...known, ...taking, ...source }
      case 'environment':
        return { ...known, ...taking, ...(this.offered === undefined ? {} : { offered: this.offered }), ...source }
      case 'given':
      case 'platform':
        return source
    }
  }

  async #resolve(means: LookUpMeans): Promise<AwsIdentity> {
    const { env, given, settings } = this.#options
    if (given !== undefined) return given()
    this.#life.signal.throwIfAborted()
    const { handed } = this.#renewal.replacement
    if (handed !== undefined) {
      this.#source = { kind: 'handed' }
      return handed
    }
    // Read anew: the user may have logged in or run "aws configure" since.
    const named = settings.profile?.name === 'default' ? undefined : settings.profile?.name
    const profile = await readProfile(named, env)
    const source = sourceOf(this.#options, profile)
    this.#source = source
    switch (source.kind) {
      case 'given':
      case 'handed':
        return this.#refuse()
      case 'environment':
        return this.#fromEnvironment(profile, means)
      case 'profile':
        return resolveChain(profile, this.#providers.ofProfile(profile, means))
      case 'platform':
        return (await this.#fromPlatform(means)) ?? this.#refuse()
    }
  }

  /** The keys in the environment; once those have ended, the keys of the profile that takes their place. */
  async #fromEnvironment(profile: Profile | undefined, means: LookUpMeans): Promise<AwsIdentity> {
    const { env } = this.#options
    const { replacement } = this.#renewal
    replacement.offered = undefined
    this.#tellEnd()
    const keys = environmentKeys(env) ?? this.#refuse()
    if (!replacement.hasEnvironmentEnded) return keys
    const other = replacement.profile ?? (env['CULVERT_FALLBACK_PROFILE'] || undefined)
    if (other !== undefined) return this.#ofOther(other, means)
    if (profile !== undefined && hasCredentials(profile.values)) replacement.offered = profile.name
    // AWS refuses them again, and the error says what a person can do.
    return keys
  }

  /** The keys of a profile that takes the place of others. They must be of the same owner. */
  async #ofOther(name: string, means: LookUpMeans): Promise<AwsIdentity> {
    const { onNotice } = this.#options
    const { replacement } = this.#renewal
    const { keys, source } = await this.#ofProfile(name, means).catch((error: unknown) => {
      throw error instanceof AppError && UNUSABLE.has(error.code) ? unusableError(name, error) : error
    })
    if (replacement.isChecked(keys)) return keys
    const origin = `the keys of the profile "${excerpt(name)}"`
    const after = await this.#owner(keys, source)
    const { before, isOtherSession } = replacement.succeed(keys, after, {
      origin,
      // A tunnel that waits for keys goes on waiting.
      refusal: 'credentials-expired',
    })
    const text = `The credentials in the environment have ended. Culvert goes on with ${origin}.`
    const risk = isOtherSession && before !== undefined ? ` ${otherSessionSentence(before, after)}` : ''
    if (replacement.isFirst(`profile ${name} ${after.userId}`)) onNotice?.(text + risk)
    return keys
  }

  async #ofProfile(name: string, means: LookUpMeans) {
    const profile = await readProfile(name, this.#options.env)
    const source = profileSource(profile)
    this.#source = source
    return { source, keys: await resolveChain(profile, this.#providers.ofProfile(profile, means)) }
  }

  /** Tells once of a variable that should name the end of the keys, and is no time. */
  #tellEnd(): void {
    const { env, onNotice } = this.#options
    const { malformed } = endOfVariables(env)
    if (malformed !== undefined && this.#renewal.replacement.isFirst('end')) onNotice?.(malformedEnd(malformed))
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
