// Spans of time as a person types them: `30m`, `8h`, `2d`. Pure.

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The span in ms; undefined for a text that is none. */
export function parseSpan(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined) return undefined
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd') return Number(count) * UNITS_MS[unit]
  return undefined
}
