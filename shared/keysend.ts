// The end of temporary keys, as variables and programs name it. Pure.

/** First that is a time. `aws configure export-credentials` exports the first, tools of roles the second. */
const END_VARIABLES = ['AWS_CREDENTIAL_EXPIRATION', 'AWS_SESSION_EXPIRATION']

/** Source: RFC 3339 §5.6, which also allows a space and small letters. */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

/** The end of the keys in an environment. */
export interface VariableEnd {
  /** Epoch ms. Absent: no variable names it. */
  readonly endsAt?: number
  /** A variable that is no time. Absent: there is none, or another one names the end. */
  readonly malformed?: { readonly name: string; readonly text: string }
}

/** A time in the form of RFC 3339, as epoch ms. */
export function timeIn(text: string): number | undefined {
  if (!TIME.test(text)) return undefined
  const at = Date.parse(text.replace(' ', 'T').toUpperCase())
  return Number.isNaN(at) ? undefined : at
}

/** Reads the variables that name the end of the keys in `env`. */
export function endOfVariables(env: Readonly<Record<string, string | undefined>>): VariableEnd {
  let malformed: VariableEnd['malformed']
  for (const name of END_VARIABLES) {
    const text = env[name]?.trim()
    if (!text) continue
    const endsAt = timeIn(text)
    if (endsAt !== undefined) return { endsAt }
    malformed ??= { name, text }
  }
  return malformed === undefined ? {} : { malformed }
}
