// Which errors and checks say that a forward's destination is not reached although its session is up. Pure.

import type { WireError } from '../../../shared/errors'
import type { CheckedLeg } from '../../../shared/model/forward'

/** Whether an error is the destination's and not that of the session or of the local program. */
export function isAboutDestination({ code }: WireError): boolean {
  return code === 'destination-refused' || code === 'destination-forbidden'
}

/** What a check says of the destination. `unknown`: it was not tried, or the way ends before the agent. */
export type CheckedFault =
  | { readonly kind: 'reached' }
  | { readonly kind: 'fault'; readonly error: WireError }
  | { readonly kind: 'unknown' }

/** Reads the legs of a check of a session that is up. What is nearer than the agent is the session's own trouble. */
export function checkedFault(legs: readonly CheckedLeg[]): CheckedFault {
  const behind = legs.filter(({ leg }) => leg === 'agent' || leg === 'destination')
  const error = behind.find(({ outcome }) => outcome === 'failed')?.error
  if (error !== undefined) return { kind: 'fault', error }
  return behind.length === 2 && behind.every(({ outcome }) => outcome === 'ok')
    ? { kind: 'reached' }
    : { kind: 'unknown' }
}
