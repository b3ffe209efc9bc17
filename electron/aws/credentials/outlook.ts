// What is known of the end of keys that cannot be renewed here.

import type { KeysOutlook } from '../../../shared/session'
import type { AwsIdentity } from '../clients'

/** The outlook of keys that only a person can replace. Keys without a session token are permanent. */
export function outlookOf({ sessionToken, expiration }: AwsIdentity): KeysOutlook {
  if (sessionToken === undefined) return { kind: 'lasting' }
  return expiration === undefined ? { kind: 'unknown' } : { kind: 'ending', endsAt: expiration.getTime() }
}
