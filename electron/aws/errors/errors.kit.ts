// What the tests of errors share: an account whose stand-in gives one answer.

/** A signal that never aborts. */
export const never = new AbortController().signal

/** The region of the account. */
export const region = 'eu-central-1'
