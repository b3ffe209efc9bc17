// What is known of the end of keys that cannot be renewed without a person. Pure.
//
// Keys of the environment name their end in a variable, if at all. Keys of a role that was assumed with them can be renewed until the
// keys below end. The role's last keys then live on for a while.

import type { VariableEnd } from '../../../shared/keysend'
import type { KeysOutlook } from '../../../shared/session'
import type { AwsIdentity } from '../clients'
import { excerpt } from '../errors/foreigntext'

/** The sentence about a variable that should name the end of the keys in the environment. */
export function malformedEnd({ name, text }: NonNullable<VariableEnd['malformed']>): string {
  return (
    `${name} is "${excerpt(text)}", which is no time such as 2026-11-29T14:32:00Z. ` +
    'So the end of the keys in the environment is not known: correct the variable.'
  )
}

/** The outlook of keys that only a person can replace. Keys without a session token are permanent. */
export function outlookOf(keys: { readonly sessionToken?: string }, endsAt: number | undefined): KeysOutlook {
  if (keys.sessionToken === undefined) return { kind: 'lasting' }
  return endsAt === undefined ? { kind: 'unknown' } : { kind: 'ending', endsAt }
}

/** `keys` with the outlook of keys that only a person can replace; `endsAt`: their end, else their expiration. */
export function unrenewed(keys: AwsIdentity, endsAt: number | undefined = keys.expiration?.getTime()): AwsIdentity {
  return { ...keys, outlook: outlookOf(keys, endsAt) }
}

/**
 * The keys of a role that was assumed with keys of the outlook `source`. They are renewed until those end, and the last ones are valid
 * until their own expiration.
 */
export function overSource(keys: AwsIdentity, source: KeysOutlook | undefined): AwsIdentity {
  switch (source?.kind) {
    case undefined:
    case 'lasting':
      return keys
    case 'unknown':
      return { ...keys, outlook: source }
    case 'ending': {
      const endsAt = Math.max(source.endsAt, keys.expiration?.getTime() ?? 0)
      return { ...keys, outlook: { kind: 'ending', endsAt } }
    }
  }
}
