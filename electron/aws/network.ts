// The way out of this computer: proxies and certificate authorities, the same for SDK calls and for WebSockets.
//
// Owns: the agents, and which proxy an address goes through. Does not own: requests. Node reads neither HTTPS_PROXY nor
// AWS_CA_BUNDLE by itself; AWS's own tools read both.

import * as http from 'node:http'
import * as https from 'node:https'
import { BlockList, isIP } from 'node:net'
import { createSecureContext, rootCertificates } from 'node:tls'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { isOnLoopback } from '../../shared/hosts'
import { AppError } from '../../shared/errors'
import { BoundedHandler } from './answer'
import { FileFault, readUserFile } from './profiles/userfile'
import {
  authoritiesFor,
  systemAuthorities,
  systemProxyFor,
  type ResolveProxy,
  type SystemAuthorities,
} from './systemnetwork'

/** The limit of a TCP or proxy connection. Routers drop packets silently; a later answer is not to be expected. */
const CONNECT_TIMEOUT_MS = 10_000

/** The limit until the headers of an answer. The slowest call, StartSession, takes one to two seconds. Bodies: answer.ts. */
const REQUEST_TIMEOUT_MS = 30_000

const PROXY_SCHEMES = /^(https?|socks(4a?|5h?)?|pac\+(data|file|ftp|https?)):$/

/** Proxies and certificates, ready to be used. Owns its agents until `destroy`. */
export interface Network {
  /** Carries SDK calls. */
  readonly requestHandler: NodeHttpHandler
  /** The agent that a WebSocket to `url` needs, or undefined where Node's own will do. */
  agentFor(url: string): http.Agent | undefined
  /** Ends the calls that are under way, and every later one. WebSockets end by themselves. */
  destroy(): void
}

function matchesRange(host: string, entry: string): boolean {
  const [address = '', prefix = ''] = entry.split('/')
  const family = isIP(host)
  if (family === 0 || isIP(address) !== family || !/^\d{1,3}$/.test(prefix)) return false
  const bits = Number(prefix)
  if (bits > (family === 4 ? 32 : 128)) return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, bits, type)
  return list.check(host, type)
}

/** One entry of NO_PROXY: `*`, a name (with its subdomains), `.suffix`, `*.suffix`, an address or a range; maybe `:port`. */
function isExcluded(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const [, name = entry, entryPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  if (entryPort !== undefined && entryPort !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (bare.includes('/')) return matchesRange(host, bare)
  const suffix = bare.replace(/^\*?\./, '')
  return suffix !== '' && (host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`)))
}

/**
 * The proxy that `url` goes through, or undefined. HTTPS_PROXY serves https and wss, HTTP_PROXY http and ws, ALL_PROXY
 * both; the lower-case name wins; NO_PROXY and loopback hosts win over all. Source: curl(1), "Environment".
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string | undefined {
  const read = (name: string): string => env[name.toLowerCase()] || env[name] || ''
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:'
  const proxy = read(isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY') || read('ALL_PROXY')
  if (proxy === '' || isOnLoopback(url.hostname)) return undefined
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '')
  const port = url.port || (isSecure ? '443' : '80')
  const entries = read('NO_PROXY')
    .toLowerCase()
    .split(/[\s,]+/)
  if (entries.some((entry) => entry !== '' && isExcluded(entry, host, port))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

/** Throws `network` for a proxy that could never work, naming the variable but not its value, which may hold a password. */
function checkProxies(env: NodeJS.ProcessEnv): boolean {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name.toLowerCase(), name])
  let isAny = false
  for (const name of names) {
    const value = env[name]
    if (!value) continue
    const text = value.includes('://') ? value : `http://${value}`
    if (!URL.canParse(text) || !PROXY_SCHEMES.test(new URL(text).protocol)) {
      throw new AppError(
        'network',
        `${name} is not the URL of a proxy: set it to one such as http://proxy.example:3128.`,
      )
    }
    isAny = true
  }
  return isAny
}

async function readAuthorities(path: string, source: string): Promise<string> {
  const hint = `correct the path, or unset ${source}.`
  const bytes = await readUserFile(path).catch((error: unknown) => {
    if (!(error instanceof FileFault)) throw error
    throw new AppError('network', `${source} names ${path}, which ${error.message}: ${hint}`, { cause: error })
  })
  const pem = bytes.toString('utf8')
  try {
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate in it')
    createSecureContext({ ca: pem })
  } catch (error) {
    throw new AppError('network', `${source} names ${path}, which holds no certificates that can be used: ${hint}`, {
      cause: error,
    })
  }
  return pem
}

/** Node's roots, the system's and the bundle; undefined without the latter two, so that Node's own defaults stay in force. */
async function readRoots(
  caBundle: string | undefined,
  env: NodeJS.ProcessEnv,
  system: SystemAuthorities,
): Promise<string[] | undefined> {
  const authorities = authoritiesFor(env, system)
  if (caBundle === undefined && authorities === undefined) return undefined
  const own = caBundle === undefined ? [] : [await readAuthorities(caBundle, 'AWS_CA_BUNDLE')]
  const roots = [...rootCertificates, ...(authorities ?? []), ...own]
  // A list of our own replaces Node's defaults, and with them the certificates of NODE_EXTRA_CA_CERTS: they are added again.
  const extra = env['NODE_EXTRA_CA_CERTS']
  return extra ? [...roots, await readAuthorities(extra, 'NODE_EXTRA_CA_CERTS')] : roots
}

/** Opens the network for one account. Throws `network` for a malformed proxy or an unusable certificate bundle. */
export async function openNetwork(options: {
  readonly env: NodeJS.ProcessEnv
  readonly caBundle: string | undefined
  /** Given by tests. */
  readonly systemAuthorities?: SystemAuthorities
  /** Asks the system for its proxies. Absent: only those of the environment are known. */
  readonly resolveProxy?: ResolveProxy | undefined
}): Promise<Network> {
  const { env, resolveProxy } = options
  const ca = await readRoots(options.caBundle, env, options.systemAuthorities ?? systemAuthorities)
  const tls = ca === undefined ? {} : { ca }
  const httpAgent = new http.Agent({ keepAlive: true })
  const httpsAgent = new https.Agent({ keepAlive: true, ...tls })
  const agents: http.Agent[] = [httpAgent, httpsAgent]
  let proxied: http.Agent | undefined
  // A proxy in the environment replaces the system's, as with all tools of AWS.
  const isInEnvironment = checkProxies(env)
  const ofSystem = isInEnvironment ? undefined : resolveProxy
  if (isInEnvironment || ofSystem !== undefined) {
    const { ProxyAgent } = await import('proxy-agent')
    proxied = new ProxyAgent({
      ...tls,
      httpAgent,
      httpsAgent,
      getProxyForUrl: (url) =>
        ofSystem === undefined ? (proxyFor(new URL(url), env) ?? '') : systemProxyFor(new URL(url), ofSystem),
    })
    agents.push(proxied)
  }
  const requestHandler = new BoundedHandler({
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
    httpAgent: proxied ?? httpAgent,
    httpsAgent: proxied ?? httpsAgent,
  })
  return {
    requestHandler,
    agentFor(url) {
      const address = new URL(url)
      if (proxied !== undefined && !isOnLoopback(address.hostname)) {
        if (ofSystem !== undefined || proxyFor(address, env) !== undefined) return proxied
      }
      return ca !== undefined && (address.protocol === 'wss:' || address.protocol === 'https:') ? httpsAgent : undefined
    },
    destroy() {
      requestHandler.close()
      for (const agent of agents) agent.destroy()
    },
  }
}
