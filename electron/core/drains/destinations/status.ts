// What an HTTP status says of a whole batch, the same for HTTPS and Elasticsearch.
//
//   2xx                     arrived
//   429, 408, 5xx           again, after Retry-After
//   401, 403, 404, 407, 3xx again: a person has to correct the drain, and nothing is lost until then
//   413                     in two halves; a single record is set aside
//   other 4xx               set aside and counted

import { AppError } from '../../../../shared/errors'
import type { DrainRecord } from '../../../../shared/model/drain'
import { quoteOf, type Sent } from './destination'
import type { Answer } from './post'

/** What an answer other than 2xx means for the records that were sent. `split`: they are too many at once. */
export function sentOf(place: string, answer: Answer, records: readonly DrainRecord[]): Sent | 'split' {
  const { status, retryAfterMs } = answer
  if (status === 413 && records.length > 1) return 'split'
  const error = statusError(place, answer)
  const isFinal = status >= 400 && status < 500 && ![401, 403, 404, 407, 408, 429].includes(status)
  if (isFinal) return { refused: records.length, again: [], error }
  return { refused: 0, again: records, error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

/** The failure that a status stands for, as a sentence. */
export function statusError(place: string, { status, text, location }: Answer): AppError {
  const said = quoteOf(text)
  if (status >= 300 && status < 400) {
    const where = location === '' ? '' : ` to ${location.slice(0, 300)}`
    const next = 'Redirects are not followed, because the credentials would go along: enter the final address.'
    return new AppError('service', `${place} answers with a redirect (${status})${where}. ${next}`)
  }
  switch (status) {
    case 401:
    case 403:
      return new AppError(
        'access-denied',
        `${place} refuses the credentials (${status}): correct those of the drain.${said}`,
      )
    case 404:
      return new AppError('service', `${place} does not know this path (404): correct the address of the drain.${said}`)
    case 407:
      return new AppError(
        'network',
        `The proxy on the way to ${place} refuses the connection (407): correct its credentials.`,
      )
    case 429:
      return new AppError('throttled', `${place} asks to slow down (429): nothing to do, it is tried again.${said}`)
    default: {
      const next =
        status >= 500 ? 'check the service; it is tried again.' : 'check what the drain sends and the address.'
      return new AppError('service', `${place} answers ${status}: ${next}${said}`)
    }
  }
}
