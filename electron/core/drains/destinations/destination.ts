// What a drain's sender needs of a destination, whichever kind it is. Types, and the sentences of failures.

import { AppError } from '../../../../shared/errors'
import { cutText } from '../../../../shared/cut'
import type { DrainRecord } from '../../../../shared/model/drain'

/** The longest quote of a destination's answer. */
const MAX_QUOTE = 300

/** What became of records that were sent. */
export interface Sent {
  /** Records that the destination refuses for good: they are set aside and counted. */
  readonly refused: number
  /** Records that have to be sent again. All that are neither refused nor here have arrived. */
  readonly again: readonly DrainRecord[]
  /** Why some are refused, or are sent again. */
  readonly error?: AppError
  /** How long the destination asks to wait. */
  readonly retryAfterMs?: number
}

/** Everything has arrived. */
export const ARRIVED: Sent = { refused: 0, again: [] }

/** A place where records go. Disposing closes its connections. */
export interface Destination extends AsyncDisposable {
  /** Sends records. `batchId` is the same for the same records. Never rejects: after an abort of `signal`, `again` holds those to repeat. */
  send(records: readonly DrainRecord[], batchId: string, signal: AbortSignal): Promise<Sent>
  /** Resolves once the destination is reached, without sending records. Rejects with an `AppError` that says why it is not. */
  reach(signal: AbortSignal): Promise<void>
  /** Whether earlier records have to be sent again: call `send` for that, also without a new record. */
  readonly isOwing?: boolean
}

/** The failure of a connection, as a sentence. `place`: host and port. */
export function connectionError(place: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const code = codeOf(thrown)
  const next = advice[code] ?? (isOfTls(code) ? TLS_ADVICE : 'check its address and the network.')
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const why = code === '' ? cutText(text, MAX_QUOTE) : code
  return new AppError('network', `${place} cannot be reached (${why}): ${next}`, { cause: thrown })
}

/** No answer within the time. */
export function silenceError(place: string, ms: number): AppError {
  const seconds = Math.round(ms / 1_000)
  return new AppError(
    'timeout',
    `${place} did not answer within ${seconds} s: check that it runs and is not overloaded.`,
  )
}

/** Quotes an answer on one line of bounded length, with a space before it; "" for an empty answer. */
export function quoteOf(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return line === '' ? '' : ` It says: ${cutText(line, MAX_QUOTE)}`
}

const TLS_ADVICE =
  'its certificate is not valid for this address, or its authority is not known here. Correct the certificate.'

const advice: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host is known. Check its name.',
  EAI_AGAIN: 'its name cannot be looked up now. Check the network.',
  ECONNREFUSED: 'nothing listens on this port. Check the port, and that the service runs.',
  ECONNRESET: 'the connection was reset. Check that the service runs, and whether it wants TLS.',
  EPIPE: 'the connection was closed. Check that the service runs.',
  ETIMEDOUT: 'no answer came. Check its address, and the firewalls on the way.',
  EHOSTUNREACH: 'there is no way to this host. Check the network.',
  ENETUNREACH: 'there is no way to this network. Check the network.',
  EPROTO: 'it does not speak TLS on this port. Check the port.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port. Check the port.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on this port. Check the port.',
}

function isOfTls(code: string): boolean {
  return /CERT|SIGNED|ISSUER|_TLS_|ERR_SSL/.test(code)
}

function codeOf(thrown: unknown): string {
  // Several addresses were tried: the first failure tells as much as any.
  const error: unknown = thrown instanceof AggregateError ? (thrown.errors[0] ?? thrown) : thrown
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
