// How long a session is expected to live: the account's limits, the hourly recycle of its socket, and the end of the keys. Pure,
// except for `ForecastWatch`.
//
// Keys are needed only when a socket is opened. So a session lives for up to an hour after its last socket, whatever happens to the
// keys. Source: specification §10.4, §10.6.

import type { Forecast, KeysForecast } from '../../../shared/model/forecast'
import type { KeysOutlook } from '../../../shared/session'
import { JITTER_MINUTES, LEAD_MINUTES, RECYCLE_MINUTES } from './resume/ahead'

/** What a forecast is made of. Times are epoch ms. */
export interface ForecastFacts {
  readonly nowAt: number
  /** See `Lifetime.timeLeft`. */
  readonly limits: Pick<Forecast, 'endsAt' | 'idleEndsAt'>
  /** When the attached socket was opened. */
  readonly socketSinceAt: number
  readonly outlook: KeysOutlook
  /** Whether AWS has refused the keys as ended. */
  readonly areKeysRefused: boolean
  readonly isResumeDenied: boolean
  /** See `Timing`. */
  readonly minuteMs: number
}

/** Makes the forecast of a session whose socket is open. */
export function forecastOf(facts: ForecastFacts): Forecast {
  const { limits, isResumeDenied } = facts
  const keys = keysOf(facts)
  return {
    ...limits,
    recycleAt: Math.round(recycleOf(facts)),
    ...(keys === undefined ? {} : { keys, staysUntil: Math.round(staysUntil(keys, facts)) }),
    ...(isResumeDenied ? { isResumeDenied } : {}),
  }
}

function recycleOf({ socketSinceAt, minuteMs }: ForecastFacts): number {
  return socketSinceAt + RECYCLE_MINUTES * minuteMs
}

function keysOf({ outlook, areKeysRefused, nowAt }: ForecastFacts): KeysForecast | undefined {
  switch (outlook.kind) {
    case 'lasting':
      return undefined
    case 'ending':
      return areKeysRefused || outlook.endsAt <= nowAt ? { ...outlook, kind: 'ended' } : outlook
    case 'unknown':
      return areKeysRefused ? { kind: 'ended' } : outlook
  }
}

function staysUntil(keys: KeysForecast, facts: ForecastFacts): number {
  const { limits, nowAt, socketSinceAt, isResumeDenied, minuteMs } = facts
  const recycleAt = recycleOf(facts)
  if (keys.kind !== 'ending') return recycleAt
  const hourMs = RECYCLE_MINUTES * minuteMs
  // Each recycle before the end of the keys opens another socket.
  const recycles = Math.max(0, Math.floor((keys.endsAt - recycleAt) / hourMs) + 1)
  const lastSinceAt = socketSinceAt + recycles * hourMs
  const aheadAt = keys.endsAt - LEAD_MINUTES * minuteMs
  const isAheadToCome = !isResumeDenied && lastSinceAt < aheadAt && nowAt <= aheadAt + JITTER_MINUTES * minuteMs
  const until = (isAheadToCome ? aheadAt : lastSinceAt) + hourMs
  // After the keys have ended no new session can take the place of one that has reached its maximum duration.
  return limits.endsAt !== undefined && limits.endsAt >= keys.endsAt ? Math.min(until, limits.endsAt) : until
}

/** The forecast of a session that Culvert ends at `endsAt` (epoch ms) at the latest; undefined: it does not. */
export function soonest(forecast: Forecast, endsAt: number | undefined): Forecast {
  return endsAt === undefined ? forecast : { ...forecast, endsAt: Math.min(endsAt, forecast.endsAt ?? endsAt) }
}

/** Whether two forecasts are equal. */
export function isSameForecast(one: Forecast, other: Forecast): boolean {
  return (
    one.endsAt === other.endsAt &&
    one.idleEndsAt === other.idleEndsAt &&
    one.recycleAt === other.recycleAt &&
    one.staysUntil === other.staysUntil &&
    one.isResumeDenied === other.isResumeDenied &&
    one.keys?.kind === other.keys?.kind
  )
}

/** Tells a forecast each time that it has changed. */
export class ForecastWatch {
  readonly #read: () => Forecast
  readonly #tell: (forecast: Forecast) => void
  #told: Forecast

  /** The forecast at the construction counts as told. */
  constructor(read: () => Forecast, tell: (forecast: Forecast) => void) {
    this.#read = read
    this.#tell = tell
    this.#told = read()
  }

  /** Reads the forecast, and tells it if it has changed. */
  look(): void {
    const forecast = this.#read()
    if (isSameForecast(forecast, this.#told)) return
    this.#told = forecast
    this.#tell(forecast)
  }
}
