// Takes the secrets of a drain out of what a destination says: a receiver may quote the credentials that it refuses.

import type { DrainSecrets } from '../../../../shared/model/drain'

/** A shorter part, as the word "Basic", is no secret of its own. */
const MIN_PART = 8

/** What stands in place of a secret. */
const MASK = '***'

/** The text without the secrets. `authorization`: the header as it was sent. */
export function masked(text: string, secrets: DrainSecrets, authorization = ''): string {
  const { hmacKey = '', authorization: own = '', password = '', apiKey = '' } = secrets
  const whole = [hmacKey, own, password, apiKey, authorization].filter((secret) => secret !== '')
  const parts = whole.flatMap((secret) => secret.split(/\s+/)).filter((part) => part.length >= MIN_PART)
  // The longest first: a part would else leave the rest of a secret.
  const all = [...whole, ...parts].toSorted((a, b) => b.length - a.length)
  return all.reduce((rest, secret) => rest.replaceAll(secret, MASK), text)
}
