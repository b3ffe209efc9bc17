// A stand-in for STS that answers a correct code of a second factor with a simulator's credentials, and the profiles for it.

import { callerIdentity, startStandIn, stsError, type StandIn } from './awsstandin'
import type { Simulator } from '../../electron/simulator/simulator'

/** The device that shows the code. */
export const SERIAL = 'arn:aws:iam::111122223333:mfa/ann'

/** The only code that is right. */
export const CODE = '246810'

/** The profile "ops", whose role takes a code, for `~/.aws/config`. */
export const OPS_CONFIG =
  '[profile base]\naws_access_key_id=BASE\naws_secret_access_key=s\n' +
  `[profile ops]\nrole_arn=arn:aws:iam::111122223333:role/ops\nsource_profile=base\nmfa_serial=${SERIAL}\n`

/** STS, as far as it is asked for roles. */
export interface Sts extends AsyncDisposable {
  readonly url: string
  /** Every code that was sent, oldest first. */
  codes(): unknown[]
}

/** Starts it. What it lends are the simulator's credentials at that moment, for an hour. */
export async function startSts(simulator: Simulator): Promise<Sts> {
  const standIn: StandIn = await startStandIn(({ action, input }) => {
    if (action !== 'AssumeRole') return callerIdentity
    if (input['TokenCode'] !== CODE)
      return stsError('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.', 403)
    const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
    const expiration = new Date(Date.now() + 3_600_000).toISOString()
    return {
      xml:
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>' +
        `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>` +
        `<SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration>` +
        '</Credentials></AssumeRoleResult></AssumeRoleResponse>',
    }
  })
  return {
    url: standIn.url,
    codes: () => standIn.asked.flatMap(({ action, input }) => (action === 'AssumeRole' ? [input['TokenCode']] : [])),
    [Symbol.asyncDispose]: () => standIn[Symbol.asyncDispose](),
  }
}
