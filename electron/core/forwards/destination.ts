// Decides which errors and checks mean that a forward's session is up and its destination is not reached. Pure.

import type { WireError } from '../../../shared/errors'
import type { CheckedLeg } from '../../../shared/model/forward'

/** Whether an error comes from the destination, and not from the session or the local program. */
export function isAboutDestination({ code }: WireError): boolean {
  return code === 'destination-refused' || code === 'destination-forbidden'
}

/** The result of a check for the destination. `unknown`: it was not tried, or an earlier leg has failed. */
export type CheckedFault =
  | { readonly kind: 'reached' }
  | { readonly kind: 'fault'; readonly error: WireError }
  | { readonly kind: 'unknown' }

/** Reads the legs of a check of a session that is up. A failure before the agent concerns the session and not the destination. */
export function checkedFault(legs: readonly CheckedLeg[]): CheckedFault {
  const behind = legs.filter(({ leg }) => leg === 'agent' || leg === 'destination')
  const error = behind.find(({ outcome }) => outcome === 'failed')?.error
  if (error !== undefined) return { kind: 'fault', error }
  return behind.length === 2 && behind.every(({ outcome }) => outcome === 'ok')
    ? { kind: 'reached' }
    : { kind: 'unknown' }
}
