// An account whose role wants the code of a second factor, and the profiles for it. The simulator's STS answers.

import type { SimulatorOptions } from '../../../electron/simulator/simulator'

/** The device that shows the code. */
export const SERIAL = 'arn:aws:iam::111122223333:mfa/ann'

/** The only code that is right. */
export const CODE = '246810'

/** The profile "ops", whose role takes a code, for `~/.aws/config`. */
export const OPS_CONFIG =
  '[profile base]\naws_access_key_id=BASE\naws_secret_access_key=s\n' +
  `[profile ops]\nrole_arn=arn:aws:iam::111122223333:role/ops\nsource_profile=base\nmfa_serial=${SERIAL}\n`

/** The account of these profiles. */
export const OPS_ACCOUNT = {
  users: [{ name: 'ann', accessKeyId: 'BASE', secretAccessKey: 's' }],
  roles: { ops: { mfa: { serial: SERIAL, code: CODE } } },
} as const satisfies SimulatorOptions
