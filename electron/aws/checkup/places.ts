// Where the calls to each service go: the endpoint that is set, else the one that the SDK's own table names, and the proxy.

import { isServiceHost, publicHost } from '../../../shared/partitions'
import { SERVICES, type ServiceName, type ServicePlace } from '../../../shared/examination'
import type { Clients } from '../clients'
import { proxyFor } from '../network'
import type { Settings } from '../profiles/settings'
import { systemProxyFor, type ResolveProxy } from '../systemnetwork'

/** What decides where the services are. */
export interface PlacesOptions {
  readonly settings: Settings
  /** `wss://HOST`, where the user set one. */
  readonly messageEndpoint: () => string | undefined
  readonly clients: Clients
  readonly env: NodeJS.ProcessEnv
  readonly resolveProxy: ResolveProxy | undefined
}

/** The host of the message gateway that a setting names; undefined: AWS's own. */
function setMessagePlace({ settings, messageEndpoint }: PlacesOptions): string | undefined {
  const { region, endpoints } = settings
  const set = messageEndpoint()
  if (set !== undefined) return set.replace(/^ws/, 'http')
  const endpoint = endpoints.ssm
  // An endpoint that is no host of AWS is a stand-in, and names its own host.
  const isStandIn = endpoint !== undefined && !isServiceHost(new URL(endpoint).hostname, 'ssm', region)
  return isStandIn ? endpoint : undefined
}

function setPlace(service: ServiceName, options: PlacesOptions): string | undefined {
  return service === 'ssmmessages' ? setMessagePlace(options) : options.settings.endpoints[service]
}

/** AWS's own endpoint. That of the message gateway only StartSession tells for certain. Source: specification §1.4. */
async function ownPlace(service: ServiceName, { settings, clients }: PlacesOptions): Promise<string> {
  const parameters = {
    Region: settings.region,
    UseFIPS: settings.useFipsEndpoint,
    UseDualStack: settings.useDualstackEndpoint,
  }
  switch (service) {
    case 'ssmmessages':
      return `https://${publicHost('ssmmessages', settings.region)}`
    case 'ssm':
      return (await clients.ssm()).config.endpointProvider(parameters).url.href
    case 'ec2':
      return (await clients.ec2()).config.endpointProvider(parameters).url.href
    case 'sts':
      return (await clients.sts()).config.endpointProvider(parameters).url.href
    case 'kms':
      return (await clients.kms(settings.region)).config.endpointProvider(parameters).url.href
  }
}

/** Host and port of a proxy. Its URL may hold a password. */
function withoutLogin(proxy: string): string {
  return URL.canParse(proxy) ? new URL(proxy).host || 'a proxy script' : 'a proxy'
}

async function proxyOn(url: string, { env, resolveProxy }: PlacesOptions): Promise<string | undefined> {
  const inEnvironment = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].some((name) => env[name] || env[name.toLowerCase()])
  const proxy =
    inEnvironment || resolveProxy === undefined
      ? (proxyFor(new URL(url), env) ?? '')
      : await systemProxyFor(new URL(url), resolveProxy)
  return proxy === '' ? undefined : withoutLogin(proxy)
}

/** The places of all services. Rejects where the SDK's table knows no endpoint, such as FIPS in most regions. */
export function servicePlaces(options: PlacesOptions): Promise<readonly ServicePlace[]> {
  return Promise.all(
    SERVICES.map(async (service) => {
      const set = setPlace(service, options)
      const url = new URL(set ?? (await ownPlace(service, options))).origin
      const proxy = await proxyOn(url, options)
      return { service, url, isSet: set !== undefined, ...(proxy === undefined ? {} : { proxy }) }
    }),
  )
}
