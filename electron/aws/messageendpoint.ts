// The host of ssmmessages that the user set in place of the one that the service names, for VPC endpoints and proxies.
//
// Found here are its sources and its form. Where it is used: ssm/streamurl.ts.

import { AppError } from '../../shared/errors'
import { isLoopbackAddress } from '../../shared/hosts'
import type { Profile } from './profiles/profiles'

const VARIABLE = 'CULVERT_SSMMESSAGES_ENDPOINT'

/** The scheme of a WebSocket for each scheme that the setting may have. */
const SCHEMES: Readonly<Record<string, string>> = { 'https:': 'wss:', 'wss:': 'wss:', 'http:': 'ws:', 'ws:': 'ws:' }

/** Where the setting may stand. */
export interface MessageEndpointSources {
  readonly option: string | undefined
  readonly env: NodeJS.ProcessEnv
  /** The setting of the environment. */
  readonly saved?: string | undefined
  /** Undefined where credentials were given. */
  readonly profile: Pick<Profile, 'name' | 'services'> | undefined
}

/**
 * Reads the setting, first that is set: the option, CULVERT_SSMMESSAGES_ENDPOINT, the setting of the environment, `endpoint_url` of `ssmmessages` in the profile's
 * services section; undefined where none is. A URL without a path, or a bare host (`vpce-….vpce.amazonaws.com`, as the VPC
 * console shows it). Returns scheme, host and port: `wss://HOST`. Throws `usage`, also for a host outside this computer that is
 * to be reached without encryption.
 */
export function readMessageEndpoint({ option, env, saved, profile }: MessageEndpointSources): string | undefined {
  if (option !== undefined) return parse(option, 'The ssmmessages endpoint')
  const variable = env[VARIABLE]
  if (variable) return parse(variable, VARIABLE)
  if (saved !== undefined) return parse(saved, 'The ssmmessages endpoint in the settings of this environment')
  const text = profile?.services['ssmmessages.endpoint_url']
  return text === undefined
    ? undefined
    : parse(text, `ssmmessages endpoint_url of the profile "${profile?.name ?? ''}"`)
}

function parse(text: string, source: string): string {
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
