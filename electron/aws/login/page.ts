// Checks the page that a browser is opened on for a login. Its address comes from the login service.

import { isOnLoopback } from '../../../shared/hosts'
import { isLoginHost } from '../../../shared/partitions'
import { AppError } from '../../../shared/errors'
import type { SsoLogin } from '../credentials/ssoprofile'
import { excerpt } from '../errors/foreigntext'

const MAX_ADDRESS = 8_192

function isOwnComputer(url: URL, oidc: string): boolean {
  return /^https?:$/.test(url.protocol) && isOnLoopback(url.hostname) && isOnLoopback(new URL(oidc).hostname)
}

/**
 * Whether `text` is a page of AWS for this login: https, a host of the partition's IAM Identity Center, no user and no port. A page on
 * this computer counts where the endpoint of the login service is on it too, as the simulator's.
 */
export function isLoginPage(text: string, { region, oidc }: Pick<SsoLogin, 'region' | 'oidc'>): boolean {
  if (text.length > MAX_ADDRESS || !URL.canParse(text)) return false
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return false
  if (isOwnComputer(url, oidc)) return true
  return url.protocol === 'https:' && url.port === '' && isLoginHost(url.hostname, region)
}

/** The address of a page in its plain form. Throws `service` for one that is not AWS's, and names its host. */
export function loginPage(text: string, login: SsoLogin): string {
  if (isLoginPage(text, login)) return new URL(text).href
  const host = URL.canParse(text) ? new URL(text).host : text
  throw new AppError(
    'service',
    `The login service of the profile "${excerpt(login.name)}" named a page on ${excerpt(host)}, which is not https on a host of ` +
      `AWS for ${login.region}, and Culvert did not open it: check sso_region, and AWS_ENDPOINT_URL_SSO_OIDC where it is set.`,
  )
}
