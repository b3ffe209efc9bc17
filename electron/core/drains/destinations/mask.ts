// Takes the secrets of a drain out of what a destination says: a receiver may quote the credentials that it refuses.

import type { DrainSecrets } from '../../../../shared/model/drain'

/** Shorter parts of a secret, such as the word "Basic", are not masked by themselves. */
const MIN_PART = 8

/** What stands in place of a secret. */
const MASK = '***'

/** The text without the secrets. `authorization`: the header as it was sent. */
export function masked(text: string, secrets: DrainSecrets, authorization = ''): string {
  const { hmacKey = '', authorization: own = '', password = '', apiKey = '' } = secrets
  const whole = [hmacKey, own, password, apiKey, authorization].filter((secret) => secret !== '')
  const parts = whole.flatMap((secret) => secret.split(/\s+/)).filter((part) => part.length >= MIN_PART)
  // The longest first: masking a part first would leave the rest of a secret in the text.
  const all = [...whole, ...parts].toSorted((a, b) => b.length - a.length)
  return all.reduce((rest, secret) => rest.replaceAll(secret, MASK), text)
}
