// The host of ssmmessages that the user set in place of the one that the service names, for VPC endpoints and proxies.
//
// Found here are its sources and its form. Where it is used: ssm/streamurl.ts.

import { AppError } from '../../shared/errors'
import { isLoopbackAddress } from '../../shared/hosts'

const VARIABLE = 'CULVERT_SSMMESSAGES_ENDPOINT'

/** The scheme of a WebSocket for each scheme that the setting may have. */
const SCHEMES: Readonly<Record<string, string>> = { 'https:': 'wss:', 'wss:': 'wss:', 'http:': 'ws:', 'ws:': 'ws:' }

/**
 * Reads the setting: the option, else CULVERT_SSMMESSAGES_ENDPOINT; undefined where neither is set. A URL without a path, or a
 * bare host (`vpce-….vpce.amazonaws.com`, as the VPC console shows it). Returns scheme, host and port: `wss://HOST`. Throws
 * `usage`, also for a host outside this computer that is to be reached without encryption.
 */
export function readMessageEndpoint(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const text = option ?? (env[VARIABLE] || undefined)
  if (text === undefined) return undefined
  const source = option === undefined ? VARIABLE : 'The ssmmessages endpoint'
  const wrong = (next: string): AppError => new AppError('usage', `${source} is "${text}": ${next}`)
  const whole = text.includes('://') ? text : `https://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  const scheme = SCHEMES[url?.protocol ?? '']
  const isBare =
    url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (url === undefined || scheme === undefined || !isBare) {
    throw wrong('give a host, or a URL of a host such as https://vpce-0abc.ssmmessages.eu-west-1.vpce.amazonaws.com.')
  }
  if (scheme === 'ws:' && !isLoopbackAddress(url.hostname)) {
    throw wrong('the session would go over the network without encryption. Give an https:// URL.')
  }
  return `${scheme}//${url.host}`
}
