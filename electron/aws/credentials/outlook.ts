// What is known of the end of keys that cannot be renewed without a person. Pure.
//
// Keys of the environment name their end in a variable, if at all. Keys of a role that was assumed with them can be renewed until the
// keys below end. The role's last keys then live on for a while.

import type { KeysOutlook } from '../../../shared/session'
import type { AwsIdentity } from '../clients'
import { excerpt } from '../errors/foreigntext'

/** First that is set. The AWS CLI exports the first with `aws configure export-credentials`, and tools of roles the second. */
const END_VARIABLES = ['AWS_CREDENTIAL_EXPIRATION', 'AWS_SESSION_EXPIRATION']

/** Source: RFC 3339 §5.6, which also allows a space and small letters. */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

/** The end of the keys in the environment. */
export interface VariableEnd {
  /** Epoch ms. Absent: no variable names it. */
  readonly endsAt?: number
  /** A sentence about a variable that is no time. Absent: there is none, or another one names the end. */
  readonly problem?: string
}

/** A time in the form of RFC 3339, as epoch ms. */
export function timeIn(text: string): number | undefined {
  if (!TIME.test(text)) return undefined
  const at = Date.parse(text.replace(' ', 'T').toUpperCase())
  return Number.isNaN(at) ? undefined : at
}

/** Reads the variables that name the end of the keys in the environment. */
export function endOfVariables(env: NodeJS.ProcessEnv): VariableEnd {
  let problem: string | undefined
  for (const name of END_VARIABLES) {
    const text = env[name]?.trim()
    if (!text) continue
    const endsAt = timeIn(text)
    if (endsAt !== undefined) return { endsAt }
    problem ??=
      `${name} is "${excerpt(text)}", which is no time such as 2026-11-29T14:32:00Z. ` +
      'So the end of the keys in the environment is not known: correct the variable.'
  }
  return problem === undefined ? {} : { problem }
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
