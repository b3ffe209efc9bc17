// The limits of a forward as people type them: the time after which it turns itself off, and how many connections it takes.

/** A week: what the core takes at most. */
const MAX_MINUTES = 10_080
const MAX_CONNECTIONS = 10_000

const HOUR = 60
const DAY = 24 * HOUR

/** The problem of a time that `readMinutes` does not take. */
export const MINUTES_PROBLEM = 'Enter a time such as 45 min or 8 h, a week at most, or leave this empty.'

/** The problem of a number that `readConnections` does not take. */
export const CONNECTIONS_PROBLEM = 'Enter a number from 1 to 10000, or leave this empty.'

/**
 * Minutes, from 1 to a week, as a text tells them: `90`, `90 min`, `1 h 30 min`, `1h30`, `8 hours`, `2 days`. A number alone is minutes,
 * also behind hours. Undefined for anything else.
 */
export function readMinutes(text: string): number | undefined {
  const compact = text.toLowerCase().replaceAll(/\s+/g, '')
  const parts = /^(?:(\d{1,5})d(?:ays?)?)?(?:(\d{1,5})h(?:ours?|rs?)?)?(?:(\d{1,5})(?:m(?:in(?:utes?|s)?)?)?)?$/.exec(
    compact,
  )
  if (compact === '' || parts === null) return undefined
  const [, days = '0', hours = '0', minutes = '0'] = parts
  const total = Number(days) * DAY + Number(hours) * HOUR + Number(minutes)
  return total >= 1 && total <= MAX_MINUTES ? total : undefined
}

/** Minutes as `readMinutes` reads them again, in the largest units: `1 d 2 h`, `8 h`, `45 min`. */
export function minutesText(minutes: number): string {
  const parts = [
    [Math.floor(minutes / DAY), 'd'],
    [Math.floor((minutes % DAY) / HOUR), 'h'],
    [minutes % HOUR, 'min'],
  ] as const
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ')
}

/** A number of connections, from 1 to 10,000; undefined for anything else. */
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
