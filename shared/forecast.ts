// A forecast in words, on one line, for windows and the command line. Pure.

import type { Forecast, KeysForecast } from './model/forecast'
import { clockWords } from './status'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
// From here on a time of day could be taken for the one of today.
const NEAR_MS = 20 * 3_600_000

/** The subject of a forecast, and the limit of its own that a forward may have (epoch ms). */
export interface ForecastSubject {
  readonly kind: 'tunnel' | 'terminal'
  readonly expiresAt?: number | undefined
  /** Epoch ms. */
  readonly nowAt: number
}

/**
 * The expected ends, the nearest cause first: "keys end 14:32, tunnel stays up until 15:31; idle limit 14:40". "" if no end is
 * expected.
 */
export function forecastWords(forecast: Forecast, subject: ForecastSubject): string {
  const at = (time: number): string => momentWords(time, subject.nowAt)
  const { endsAt, idleEndsAt } = forecast
  const { expiresAt } = subject
  const keys = keysWords(forecast, subject)
  const parts = [
    ...(keys === '' ? [] : [keys]),
    ...(idleEndsAt === undefined ? [] : [`idle limit ${at(idleEndsAt)}`]),
    ...(endsAt === undefined ? [] : [`session ends ${at(endsAt)}`]),
    ...(expiresAt === undefined ? [] : [`turns off ${at(expiresAt)}`]),
  ]
  return parts.join('; ')
}

/** The same as a line of its own, for a window. */
export function forecastLine(forecast: Forecast, subject: ForecastSubject): string {
  const words = forecastWords(forecast, subject)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function keysWords(forecast: Forecast, { kind, nowAt }: ForecastSubject): string {
  const { keys, staysUntil, recycleAt, isResumeDenied } = forecast
  const next = recycleAt === undefined ? '' : `, the next at ${momentWords(recycleAt, nowAt)}`
  const cost = kind === 'tunnel' ? 'costs the connections' : 'ends the session'
  const denied = isResumeDenied === true ? [`ResumeSession is denied: each recycle ${cost}${next}`] : []
  if (keys === undefined) return denied.join('')
  const until = staysUntil === undefined ? '' : momentWords(staysUntil, nowAt)
  if (keys.kind === 'unknown') {
    const lives = [`${kind} lives about 60 min after the last resume${until === '' ? '' : `, now until ${until}`}`]
    return [`keys' end unknown`, ...(denied.length === 0 ? lives : denied)].join('; ')
  }
  const stays = until === '' ? '' : `, ${kind} stays up until ${until}`
  return [`${endWords(keys, nowAt)}${stays}`, ...denied].join('; ')
}

function endWords(keys: Exclude<KeysForecast, { kind: 'unknown' }>, nowAt: number): string {
  if (keys.endsAt === undefined) return 'keys have ended'
  return `keys ${keys.kind === 'ended' ? 'ended' : 'end'} ${momentWords(keys.endsAt, nowAt)}`
}

/** A moment: "14:32", or "2 Dec 14:32" if it is far. */
export function momentWords(at: number, nowAt: number): string {
  if (Math.abs(at - nowAt) < NEAR_MS) return clockWords(at)
  const date = new Date(at)
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''} ${clockWords(at)}`
}
