// A home directory with SSO profiles, and the simulated IAM Identity Center whose keys a simulator accepts.

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '../../../electron/simulator/simulator'
import { startIdentityCenter, type IdentityCenter } from '../../../electron/simulator/oidc/identitycenter'

/** The account of the profiles: the simulator's. */
export const SSO_ACCOUNT = '111122223333'

/** Starts an Identity Center that gives keys of `simulator`. Dispose it before the simulator. */
export function startSso(simulator: Simulator): Promise<IdentityCenter> {
  return startIdentityCenter({ accountId: SSO_ACCOUNT, issue: (...asked) => simulator.issueKeys(...asked) })
}

/** Writes ~/.aws/config below `home`: the profile corp with the session corp. */
export async function writeSsoConfig(home: string, { startUrl }: IdentityCenter): Promise<void> {
  await mkdir(join(home, '.aws'), { recursive: true })
  await writeFile(
    join(home, '.aws', 'config'),
    `[profile corp]\nsso_session=corp\nsso_account_id=${SSO_ACCOUNT}\nsso_role_name=Developer\nregion=eu-west-1\n` +
      `[sso-session corp]\nsso_start_url=${startUrl}\nsso_region=eu-west-1\nsso_registration_scopes=sso:account:access\n`,
  )
}

/** The variables that point AWS's tools at the simulator and its Identity Center. */
export function ssoVariables(simulator: Simulator, center: IdentityCenter): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: simulator.endpointUrl,
    AWS_ENDPOINT_URL_SSO: center.endpointUrl,
    AWS_ENDPOINT_URL_SSO_OIDC: center.endpointUrl,
  }
}

/** The whole environment of a process with this home. */
export function ssoEnvironment(home: string, simulator: Simulator, center: IdentityCenter): NodeJS.ProcessEnv {
  const variables = ssoVariables(simulator, center)
  return { HOME: home, PATH: process.env['PATH'], AWS_EC2_METADATA_DISABLED: 'true', ...variables }
}

/** Lets the token of the session corp end now, on disk: as if hours had passed. */
export async function endSsoToken(home: string): Promise<void> {
  const path = join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update('corp').digest('hex')}.json`)
  const token: unknown = JSON.parse(await readFile(path, 'utf8'))
  if (typeof token !== 'object') throw new Error('no token')
  await writeFile(path, JSON.stringify({ ...token, expiresAt: new Date(Date.now() - 1_000).toISOString() }))
}

/** Ends the user's tokens, keys and the sockets of sessions, as an administrator does. After it a new login is needed. */
export async function endSsoLogin(home: string, simulator: Simulator, center: IdentityCenter): Promise<void> {
  center.endSession()
  await endSsoToken(home)
  simulator.faults.apply({ kind: 'expire-credentials' })
  for (const { id } of simulator.sessions()) simulator.cut(id, 'close-1000')
}
