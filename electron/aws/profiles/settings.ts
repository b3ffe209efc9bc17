// Region, endpoints and certificates of an account, from options, environment and profile.
//
// The SDK would find most of this by itself, but in process.env, and endpoints in the profile of AWS_PROFILE even where
// `--profile` names another. So everything is decided here once and given to the SDK.

import { AppError } from '../../../shared/errors'
import { mendingCommand } from '../errors/commands'
import { profileVariable, readProfile, regionVariable, type Profile } from './profiles'

/** The services that Culvert has clients for, as AWS_ENDPOINT_URL_… names them. */
export type ServiceName = 'ssm' | 'ec2' | 'ecs' | 'sts' | 'kms'

/** The services of a login, which are asked for credentials before any client is. */
type LoginServiceName = 'sso' | 'sso_oidc'

/** The parameters of `readSettings`. */
export interface SettingsOptions {
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  /** True when credentials are given: then no profile is read and the environment's endpoints do not count. */
  readonly isSelfContained: boolean
  readonly env: NodeJS.ProcessEnv
}

/** Where AWS is, for one account. */
export interface Settings {
  /** Undefined when credentials were given. */
  readonly profile: Profile | undefined
  /** Whether the profile was named on the command line, which then beats keys in the environment. */
  readonly isProfileChosen: boolean
  readonly region: string
  /** Undefined: the service's own. */
  readonly endpoints: Readonly<Record<ServiceName | LoginServiceName, string | undefined>>
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  /** Path of a PEM file with further certificate authorities. */
  readonly caBundle: string | undefined
}

function endpointFrom(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return text
  throw new AppError('usage', `${source} is "${text}": give a URL that starts with https:// or http://.`)
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true'
}

/**
 * The endpoint of one service, first that is set: option, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's
 * services section, the profile's endpoint_url. Source: AWS SDKs and Tools reference, "Service-specific endpoints".
 */
function endpointOf(
  service: ServiceName | LoginServiceName,
  options: SettingsOptions,
  profile: Profile | undefined,
): string | undefined {
  const { env } = options
  const isLogin = service === 'sso' || service === 'sso_oidc'
  // The option names the endpoint of the account's services. The login service is another one.
  if (options.endpointUrl !== undefined && !isLogin) return endpointFrom(options.endpointUrl, 'The endpoint URL')
  if (options.isSelfContained || isTrue(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])) return undefined
  for (const name of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const text = env[name]
    if (text) return endpointFrom(text, name)
  }
  if (profile === undefined || isTrue(profile.values['ignore_configured_endpoint_urls'])) return undefined
  const text = profile.services[`${service}.endpoint_url`] ?? profile.values['endpoint_url']
  return text === undefined ? undefined : endpointFrom(text, `endpoint_url of the profile "${profile.name}"`)
}

/** Whether `text` looks like a region. It becomes a part of host names: any other text could name a foreign host. */
export function isRegionName(text: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)+$/i.test(text)
}

function regionOf(options: SettingsOptions, profile: Profile | undefined): string {
  const region = options.region || regionVariable(options.env) || profile?.values['region']
  if (!region) {
    throw new AppError(
      'region-missing',
      'No AWS region is set: choose one, or add a region to the profile.',
      profile === undefined
        ? {}
        : { command: mendingCommand('region-missing', { source: { kind: 'profile', name: profile.name } }) },
    )
  }
  if (!isRegionName(region)) {
    throw new AppError('wrong-region', `"${region}" is not an AWS region: give one such as eu-central-1.`)
  }
  return region
}

/**
 * Reads the account's settings. Region, first that is set: option, AWS_REGION, AWS_DEFAULT_REGION, profile.
 * Throws `region-missing`, `wrong-region` (malformed), `profile-unknown`, `usage` (malformed endpoint).
 */
export async function readSettings(options: SettingsOptions): Promise<Settings> {
  const { env } = options
  const profile = options.isSelfContained ? undefined : await readProfile(options.profile ?? profileVariable(env), env)
  return {
    profile,
    isProfileChosen: options.profile !== undefined,
    region: regionOf(options, profile),
    endpoints: {
      ssm: endpointOf('ssm', options, profile),
      ec2: endpointOf('ec2', options, profile),
      ecs: endpointOf('ecs', options, profile),
      sts: endpointOf('sts', options, profile),
      kms: endpointOf('kms', options, profile),
      sso: endpointOf('sso', options, profile),
      sso_oidc: endpointOf('sso_oidc', options, profile),
    },
    useFipsEndpoint: isTrue(env['AWS_USE_FIPS_ENDPOINT'] ?? profile?.values['use_fips_endpoint']),
    useDualstackEndpoint: isTrue(env['AWS_USE_DUALSTACK_ENDPOINT'] ?? profile?.values['use_dualstack_endpoint']),
    // Given credentials go with an endpoint on loopback, which needs no certificates.
    caBundle: options.isSelfContained ? undefined : env['AWS_CA_BUNDLE'] || profile?.values['ca_bundle'],
  }
}
