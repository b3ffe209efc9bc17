// Reads the limits of a forward as people type them: the time until it turns itself off, and the most connections.

/** A week, the maximum that the core accepts. */
const MAX_MINUTES = 10_080
const MAX_CONNECTIONS = 10_000

const HOUR = 60
const DAY = 24 * HOUR

/** The message for a time that `readMinutes` does not accept. */
export const MINUTES_PROBLEM = 'Enter a time such as 45 min or 8 h, a week at most, or leave this empty.'

/** The message for a number that `readConnections` does not accept. */
export const CONNECTIONS_PROBLEM = 'Enter a number from 1 to 10000, or leave this empty.'

/**
 * Reads a time from 1 minute to a week, in minutes: `90`, `90 min`, `1 h 30 min`, `1h30`, `8 hours`, `2 days`. A number
 * without a unit is minutes, also after hours. Undefined for anything else.
 */
export function readMinutes(text: string): number | undefined {
  return readMinutesUpTo(text, MAX_MINUTES)
}

/** Reads a time from 1 minute to `most` minutes, as `readMinutes` does. */
export function readMinutesUpTo(text: string, most: number): number | undefined {
  const compact = text.toLowerCase().replaceAll(/\s+/g, '')
  const parts = /^(?:(\d{1,5})d(?:ays?)?)?(?:(\d{1,5})h(?:ours?|rs?)?)?(?:(\d{1,5})(?:m(?:in(?:utes?|s)?)?)?)?$/.exec(
    compact,
  )
  if (compact === '' || parts === null) return undefined
  const [, days = '0', hours = '0', minutes = '0'] = parts
  const total = Number(days) * DAY + Number(hours) * HOUR + Number(minutes)
  return total >= 1 && total <= most ? total : undefined
}

/** Formats minutes in the largest units, so that `readMinutes` reads them back: `1 d 2 h`, `8 h`, `45 min`. */
export function minutesText(minutes: number): string {
  const parts = [
    [Math.floor(minutes / DAY), 'd'],
    [Math.floor((minutes % DAY) / HOUR), 'h'],
    [minutes % HOUR, 'min'],
  ] as const
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ')
}

/** Reads a number of connections, from 1 to 10,000; undefined for anything else. */
export function readConnections(text: string): number | undefined {
  const digits = text.trim()
  if (!/^\d{1,5}$/.test(digits)) return undefined
  const count = Number(digits)
  return count >= 1 && count <= MAX_CONNECTIONS ? count : undefined
}

/** Both limits in a few words: `8 h, 20 connections`; empty without limits. */
export function limitWords(minutes: number | undefined, connections: number | undefined): string {
  const count = connections === 1 ? '1 connection' : `${connections} connections`
  return [minutes === undefined ? '' : minutesText(minutes), connections === undefined ? '' : count]
    .filter((word) => word !== '')
    .join(', ')
}
