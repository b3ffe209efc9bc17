// The SDK's clients, made on first use, each given every setting so that the SDK reads nothing of the environment itself.
//
// Owns: the clients and the network below them. The clients' modules are imported when first needed, because EC2's alone takes
// half a second to load.

import type { EC2Client } from '@aws-sdk/client-ec2'
import type { ECSClient } from '@aws-sdk/client-ecs'
import type { KMSClient } from '@aws-sdk/client-kms'
import type { SSMClient } from '@aws-sdk/client-ssm'
import type { STSClient } from '@aws-sdk/client-sts'
import type { Diagnose } from '../../shared/diagnostics'
import type { KeysOutlook } from '../../shared/session'
import type { Network } from './network'
import type { ServiceName, Settings } from './profiles/settings'
import { watchedCalls } from './watched'

/** Three attempts, as AWS's other tools make. Callers that want more wait and tell the user. */
const MAX_ATTEMPTS = 3

/** Given so that the SDK does not look for one in the user's files. */
const NO_PREFERENCE: string[] = []

/** Keys, token and expiry, as the SDK names them. */
export interface AwsIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
  /** When the keys end, as far as it is known. Absent: the keys are permanent, or are renewed without a person. */
  readonly outlook?: KeysOutlook
}

/** Resolves an identity; asked for each request. */
export type IdentityProvider = () => Promise<AwsIdentity>

/** Where and how the clients work. */
export interface ClientsOptions {
  readonly settings: Settings
  readonly network: Network
  /** Takes an entry for each call. Absent: there is no diagnostic log. */
  readonly diagnose?: Diagnose
}

/**
 * Marks a provider as one that remembers by itself. Otherwise the SDK keeps an identity without expiry for the life of
 * the client, and keys that a tool has just rewritten in ~/.aws/credentials would never be seen.
 */
function remembering(provider: IdentityProvider): IdentityProvider & { memoized: true } {
  return Object.assign(async () => provider(), { memoized: true } as const)
}

const WARNING_SWITCH = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'

/**
 * Makes a client without the SDK's warning about Node 20, which would land on the user's terminal. The SDK asks
 * process.env once, in a constructor. The variable is set for just that call, so no child process inherits it.
 */
function quietly<T>(make: () => T): T {
  const before = process.env[WARNING_SWITCH]
  process.env[WARNING_SWITCH] = 'true'
  try {
    return make()
  } finally {
    if (before === undefined) delete process.env[WARNING_SWITCH]
    else process.env[WARNING_SWITCH] = before
  }
}

/** The settings that every client is made with. */
function clientConfig(service: ServiceName, { settings, network }: ClientsOptions, provider: IdentityProvider) {
  const endpoint = settings.endpoints[service]
  return {
    region: settings.region,
    credentials: remembering(provider),
    requestHandler: network.requestHandler,
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    userAgentAppId: 'culvert',
    authSchemePreference: NO_PREFERENCE,
    ignoreConfiguredEndpointUrls: true,
    // The SDK refuses an endpoint of the user's together with either of the other two.
    ...(endpoint === undefined
      ? { useFipsEndpoint: settings.useFipsEndpoint, useDualstackEndpoint: settings.useDualstackEndpoint }
      : { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false }),
  }
}

/** The middleware that a client gets if there is a diagnostic log. */
const FIRST_STEP = { step: 'initialize', name: 'culvertDiagnostics' } as const

/** The SDK's own log. It copies every answer before it finds that no log is set: a tenth of the time of a long list. */
const SDK_LOG = 'loggerMiddleware'

/** An STS client with credentials of its own, for assuming a role. The caller need not dispose of it. */
export async function makeStsClient(options: ClientsOptions, provider: IdentityProvider): Promise<STSClient> {
  const { STSClient } = await import('@aws-sdk/client-sts')
  const client = quietly(() => new STSClient({ ...clientConfig('sts', options, provider) }))
  if (options.diagnose !== undefined) client.middlewareStack.add(watchedCalls('sts', options.diagnose), FIRST_STEP)
  return client
}

async function makeSsmClient(options: ClientsOptions, provider: IdentityProvider): Promise<SSMClient> {
  const { SSMClient } = await import('@aws-sdk/client-ssm')
  const client = quietly(() => new SSMClient({ ...clientConfig('ssm', options, provider) }))
  client.middlewareStack.remove(SDK_LOG)
  if (options.diagnose !== undefined) client.middlewareStack.add(watchedCalls('ssm', options.diagnose), FIRST_STEP)
  return client
}

async function makeEc2Client(options: ClientsOptions, provider: IdentityProvider): Promise<EC2Client> {
  const { EC2Client } = await import('@aws-sdk/client-ec2')
  const client = quietly(() => new EC2Client({ ...clientConfig('ec2', options, provider) }))
  client.middlewareStack.remove(SDK_LOG)
  if (options.diagnose !== undefined) client.middlewareStack.add(watchedCalls('ec2', options.diagnose), FIRST_STEP)
  return client
}

async function makeEcsClient(options: ClientsOptions, provider: IdentityProvider): Promise<ECSClient> {
  const { ECSClient } = await import('@aws-sdk/client-ecs')
  const client = quietly(() => new ECSClient({ ...clientConfig('ecs', options, provider) }))
  client.middlewareStack.remove(SDK_LOG)
  if (options.diagnose !== undefined) client.middlewareStack.add(watchedCalls('ecs', options.diagnose), FIRST_STEP)
  return client
}

async function makeKmsClient(options: ClientsOptions, provider: IdentityProvider, region: string): Promise<KMSClient> {
  const { KMSClient } = await import('@aws-sdk/client-kms')
  const client = quietly(() => new KMSClient({ ...clientConfig('kms', options, provider), region }))
  if (options.diagnose !== undefined) client.middlewareStack.add(watchedCalls('kms', options.diagnose), FIRST_STEP)
  return client
}

/** The clients of one account. One that could not be made is made anew at the next call. */
export class Clients {
  readonly #options: ClientsOptions
  readonly #provider: IdentityProvider
  #ssm: Promise<SSMClient> | undefined
  #ec2: Promise<EC2Client> | undefined
  #ecs: Promise<ECSClient> | undefined
  #sts: Promise<STSClient> | undefined
  /** By region: a key may be in another region than the session. */
  readonly #kms = new Map<string, Promise<KMSClient>>()

  constructor(options: ClientsOptions, provider: IdentityProvider) {
    this.#options = options
    this.#provider = provider
  }

  ssm(): Promise<SSMClient> {
    this.#ssm ??= makeSsmClient(this.#options, this.#provider).catch((error: unknown) => {
      this.#ssm = undefined
      throw error
    })
    return this.#ssm
  }

  ec2(): Promise<EC2Client> {
    this.#ec2 ??= makeEc2Client(this.#options, this.#provider).catch((error: unknown) => {
      this.#ec2 = undefined
      throw error
    })
    return this.#ec2
  }

  ecs(): Promise<ECSClient> {
    this.#ecs ??= makeEcsClient(this.#options, this.#provider).catch((error: unknown) => {
      this.#ecs = undefined
      throw error
    })
    return this.#ecs
  }

  kms(region: string): Promise<KMSClient> {
    const known = this.#kms.get(region)
    if (known !== undefined) return known
    const made = makeKmsClient(this.#options, this.#provider, region).catch((error: unknown) => {
      this.#kms.delete(region)
      throw error
    })
    this.#kms.set(region, made)
    return made
  }

  sts(): Promise<STSClient> {
    this.#sts ??= makeStsClient(this.#options, this.#provider).catch((error: unknown) => {
      this.#sts = undefined
      throw error
    })
    return this.#sts
  }
}
