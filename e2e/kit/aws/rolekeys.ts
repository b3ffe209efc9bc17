// An account with two roles, and keys of them that a person gets by hand and exports.

import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import type { HandedKeys } from '../../../shared/session'
import type { Simulator, SimulatorOptions } from '../../../electron/simulator/simulator'

const BASE = { accessKeyId: 'BASE', secretAccessKey: 's' }

/** The account, with the roles "ops" and "admin". */
export const TWO_ROLES = {
  users: [{ name: 'ann', ...BASE }],
  roles: { ops: {}, admin: {} },
} as const satisfies SimulatorOptions

/** New keys of a role. */
export async function roleKeys(simulator: Simulator, role: 'ops' | 'admin', sessionName: string): Promise<HandedKeys> {
  const { endpointUrl: endpoint, region } = simulator
  const sts = new STSClient({ endpoint, region, credentials: BASE })
  const RoleArn = `arn:aws:iam::111122223333:role/${role}`
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: sessionName }))
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

/** Keys as variables. */
export function exported(keys: HandedKeys): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken ?? '',
  }
}

/** The config file of these roles: the profiles "same" (ops as ann), "renamed" (ops as bob) and "admin". */
export const TWO_ROLES_CONFIG =
  `[profile base]\naws_access_key_id=${BASE.accessKeyId}\naws_secret_access_key=${BASE.secretAccessKey}\n` +
  [
    ['same', 'ops', 'ann'],
    ['renamed', 'ops', 'bob'],
    ['admin', 'admin', 'ann'],
  ]
    .map(
      ([name, role, session]) =>
        `[profile ${name}]\nrole_arn=arn:aws:iam::111122223333:role/${role}\nsource_profile=base\nrole_session_name=${session}\n`,
    )
    .join('')
