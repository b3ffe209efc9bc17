// What the operating system says of the network: its certificate authorities, and its proxies (asked through Electron).
//
// Both come second: AWS_CA_BUNDLE adds to the system's authorities, and a proxy variable in the environment replaces the system's
// proxies. Owns reading and parsing both. Does not own the agents (network.ts).

import { createSecureContext } from 'node:tls'
import * as tls from 'node:tls'
import * as z from 'zod'
import { isOnLoopback } from '../../shared/hosts'
import { before } from './deadline'

/** A script that chooses the proxy (PAC) runs within milliseconds, but may have to be fetched first. */
const RESOLVE_MS = 5_000

/** A store has a few hundred certificates. */
const certificates = z.array(z.string().max(100_000)).max(10_000)

/** One entry of an answer: a kind, and "host:port" where it is a proxy. A user name cannot occur. */
const PROXY_ENTRY = /^(PROXY|HTTPS|SOCKS|SOCKS4|SOCKS5)\s+(\[[\da-fA-F:.]+\]:\d{1,5}|[\w.-]{1,255}:\d{1,5})$/i

const PROXY_SCHEMES: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTPS: 'https',
  SOCKS: 'socks4',
  SOCKS4: 'socks4',
  SOCKS5: 'socks5h',
}

/** Says how the system reaches a URL, in the words of a PAC script: "PROXY proxy.example:3128; DIRECT". */
export type ResolveProxy = (url: string) => Promise<string>

/** The PEM texts of the system's certificate authorities; undefined where the runtime cannot read them. */
export type SystemAuthorities = () => readonly string[] | undefined

/**
 * Reads the system's authorities by Node's `tls.getCACertificates`, which Node has since 22.15 and 23.10. Undefined in older ones, and
 * where the store is empty or cannot be read. Source: Node.js documentation, "tls.getCACertificates", "NODE_USE_SYSTEM_CA".
 */
export function systemAuthorities(): readonly string[] | undefined {
  const read: unknown = Reflect.get(tls, 'getCACertificates')
  if (typeof read !== 'function') return undefined
  try {
    const parsed = certificates.safeParse(Reflect.apply(read, tls, ['system']))
    if (!parsed.success || parsed.data.length === 0) return undefined
    createSecureContext({ ca: parsed.data })
    return parsed.data
  } catch {
    // A store with an entry that TLS does not take is as good as none: all connections would fail.
    return undefined
  }
}

/** The system's authorities, unless the environment switches them off (NODE_USE_SYSTEM_CA=0). */
export function authoritiesFor(env: NodeJS.ProcessEnv, read: SystemAuthorities): readonly string[] | undefined {
  return env['NODE_USE_SYSTEM_CA'] === '0' ? undefined : read()
}

/** The URL of the first proxy that an answer names; "" for a direct connection, and for an answer that makes no sense. */
export function proxyOf(answer: string): string {
  const [first = ''] = answer.slice(0, 2_000).split(';')
  const [, kind = '', address = ''] = PROXY_ENTRY.exec(first.trim()) ?? []
  const scheme = PROXY_SCHEMES[kind.toUpperCase()]
  return scheme === undefined ? '' : `${scheme}://${address}`
}

/** The system's proxy for `url`; "" where there is none, where the system does not answer in time, and for loopback. Never rejects. */
export async function systemProxyFor(url: URL, resolve: ResolveProxy): Promise<string> {
  if (isOnLoopback(url.hostname)) return ''
  // Systems know proxies for pages and none for WebSockets. A script of the network's sees no path and no query.
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:'
  const page = `${isSecure ? 'https' : 'http'}://${url.host}/`
  try {
    return proxyOf(await before(resolve(page), RESOLVE_MS, () => new Error('no answer')))
  } catch {
    return ''
  }
}
