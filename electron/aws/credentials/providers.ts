// Fetches each kind of credentials: from a program, a login, a role, the place where this runs.
//
// A look-up that takes long tells what it waits for, and is given up after a minute; only a person may take longer. Owns what it
// starts until that ends, or until the account is closed. Does not own which kind counts (credentials.ts, chain.ts), nor when
// credentials are looked up (renewal.ts).

import { AppError } from '../../../shared/errors'
import type { ChainMeans, RoleRequest } from './chain'
import type { AwsIdentity, ClientsOptions } from '../clients'
import { startCredentialProcess } from './process'
import { before, until } from '../deadline'
import { descriptorError } from '../errors/errors'
import { excerpt } from '../errors/foreigntext'
import type { Section } from '../profiles/ini'
import { containerKeys, environmentKeys, instanceKeys } from './platform'
import type { ProcessGroups } from './processgroups'
import { homeOf, type Profile } from '../profiles/profiles'
import { loginCredentials } from './login'
import { overSource, unrenewed } from './outlook'
import { LookUpEnded, type AskCode, type LookUpMeans } from './renewal'
import { Roles } from './roles'
import type { SessionNames } from './sessionname'
import type { SsoLogins } from './sso'
import { ssoProfile } from './ssoprofile'
import { noCodeSentence, type CredentialSource } from '../errors/sentences'

/** The SDK's providers and STS answer within seconds. Later than this counts as no answer. */
const PROVIDER_MS = 60_000

/** The parameters of `Providers`. */
export interface ProvidersOptions extends ClientsOptions {
  readonly env: NodeJS.ProcessEnv
  readonly askCode?: AskCode
  readonly groups: ProcessGroups
  readonly logins: SsoLogins
  /** Ends everything that is under way, with `LookUpEnded`. */
  readonly signal: AbortSignal
  readonly names: SessionNames
  /** Where the account's credentials come from, for errors. */
  readonly source: () => CredentialSource
}

type ProfileSource = Extract<CredentialSource, { readonly kind: 'profile' }>

/** Makes the error about a source of credentials; `when` says what it has not done ("has not answered yet"). */
type Silent = (when: string) => AppError

/** The account of a profile, where its values name one. */
export function accountOf(values: Section): { readonly account?: string } {
  const account = values['sso_account_id'] ?? /^arn:[^:]*:iam::(\d{12}):/.exec(values['role_arn'] ?? '')?.[1]
  return account === undefined ? {} : { account }
}

function silentSts(action: string): Silent {
  return (when) => new AppError('timeout', `AWS ${when} to ${action}: check the network and try again.`)
}

function silentContainer(when: string): AppError {
  return new AppError(
    'network',
    `The credentials service of this container ${when}: check AWS_CONTAINER_CREDENTIALS_FULL_URI or …_RELATIVE_URI.`,
  )
}

/** The providers of one account. */
export class Providers {
  readonly #options: ProvidersOptions
  readonly #roles: Roles

  constructor(options: ProvidersOptions) {
    this.#options = options
    this.#roles = new Roles(options, options.source)
  }

  /** How to fetch the credentials of `profile` and of the profiles that it names. */
  ofProfile(profile: Profile, means: LookUpMeans): ChainMeans {
    return {
      sessionName: (name, configured) => this.#options.names.of(name, configured),
      process: (name, command) => this.#run(name, command, means),
      sso: (name, values) => this.#ofSso(name, values, profile, means),
      login: (name) => this.#ofLogin(name, profile, means),
      source: (name, kind) => this.#ofSource(name, kind, means),
      role: (source, request) => this.#assume(source, request, profile.name, means),
      roleByToken: (request, file) => this.roleByToken(request, file, means),
    }
  }

  /** The role of a web identity, by the token in `file`. */
  roleByToken(
    request: { readonly RoleArn: string; readonly RoleSessionName: string },
    file: string,
    means: LookUpMeans,
  ): Promise<AwsIdentity> {
    return this.#within(means, silentSts('sts:AssumeRoleWithWebIdentity'), () =>
      this.#roles.assumeWithToken(request, file),
    )
  }

  /** The credentials of the container that the environment names; undefined where it names none. Rejects as the SDK does. */
  container(means: LookUpMeans): Promise<AwsIdentity | undefined> {
    return this.#within(means, silentContainer, () => containerKeys(this.#options.env))
  }

  #run(name: string, command: string, means: LookUpMeans): Promise<AwsIdentity> {
    const { env, groups, signal } = this.#options
    const program = startCredentialProcess({ profile: name, command, env, groups, signal })
    return means.during(
      () => program.unanswered(),
      () => program.done,
    )
  }

  #ofSso(name: string, values: Section, profile: Profile, means: LookUpMeans): Promise<AwsIdentity> {
    const { env, logins, network, settings, signal } = this.#options
    const source = { kind: 'profile', name, login: 'aws sso login', ...accountOf(values) } as const
    return this.#asLogin(source, means, async (told) =>
      logins.credentials({
        profile: ssoProfile(name, values, profile, settings.endpoints),
        source: told,
        home: homeOf(env),
        handler: network.requestHandler,
        signal,
      }),
    )
  }

  #ofLogin(name: string, profile: Profile, means: LookUpMeans): Promise<AwsIdentity> {
    const { network, settings } = this.#options
    const source = { kind: 'profile', name, login: 'aws login' } as const
    return this.#asLogin(source, means, (told) =>
      loginCredentials({ name, profile, source: told, region: settings.region, handler: network.requestHandler }),
    )
  }

  /** Errors name the profile that needs a login, which may be the source of another profile. */
  #asLogin(
    source: ProfileSource,
    means: LookUpMeans,
    provider: (source: ProfileSource) => Promise<AwsIdentity>,
  ): Promise<AwsIdentity> {
    const text = `The login service of the profile "${excerpt(source.name)}"`
    const silent: Silent = (when) =>
      new AppError('network', `${text} ${when}: check the network, VPN and proxy settings.`)
    const whole = this.#options.source()
    const told = whole.kind === 'profile' && whole.name === source.name ? whole : source
    return this.#within(means, silent, () => provider(told))
  }

  async #ofSource(name: string, kind: string, means: LookUpMeans): Promise<AwsIdentity> {
    const { env } = this.#options
    const refuse = (where: string, cause?: unknown): AppError =>
      new AppError(
        'credentials-missing',
        `The profile "${excerpt(name)}" takes its credentials from ${where}: correct its credential_source.`,
        { cause },
      )
    const from = async (where: string, look: () => Promise<AwsIdentity | undefined>): Promise<AwsIdentity> => {
      const found = await look().catch((error: unknown) => {
        throw error instanceof AppError ? error : (descriptorError(error) ?? refuse(where, error))
      })
      if (found === undefined) throw refuse(where)
      return found
    }
    switch (kind) {
      case 'Environment':
        return from('the environment, which has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY', () =>
          Promise.resolve(environmentKeys(env)),
        )
      case 'EcsContainer':
        return from('a container, which gives none here', () => this.container(means))
      case 'Ec2InstanceMetadata':
        return from('the metadata of an EC2 instance, which give none here', () => instanceKeys(env))
      default:
        throw new AppError(
          'profile-unknown',
          `The profile "${excerpt(name)}" has the credential_source "${excerpt(kind)}": ` +
            'it must be Environment, EcsContainer or Ec2InstanceMetadata.',
        )
    }
  }

  /** Assumes a role, with the code of a second factor where it wants one. The question names `profile`, the one that was chosen. */
  async #assume(source: AwsIdentity, request: RoleRequest, profile: string, means: LookUpMeans): Promise<AwsIdentity> {
    const { SerialNumber: serial } = request
    const silent = silentSts('sts:AssumeRole')
    if (serial === undefined) {
      const keys = await this.#within(means, silent, () => this.#roles.assume(source, request))
      return overSource(keys, source.outlook)
    }
    const keys = await this.#roles.assumeWithCode(
      source,
      request,
      (isRepeated) => {
        const { askCode } = this.#options
        if (askCode === undefined) throw new AppError('credentials-missing', noCodeSentence(profile))
        return means.ask({ profile, serial, isRepeated }, askCode)
      },
      (act) => this.#within(means, silent, act),
    )
    // The next ones need the next code.
    return unrenewed(keys)
  }

  #within<T>(means: LookUpMeans, silent: Silent, act: () => Promise<T>): Promise<T> {
    const limited = (): Promise<T> =>
      before(act(), PROVIDER_MS, () => silent(`has not answered for ${PROVIDER_MS / 1_000} s`))
    return means.during(
      () => silent('has not answered yet'),
      () => until(limited(), this.#options.signal, () => new LookUpEnded()),
    )
  }
}
