// What a command says of one thing, in Boundary's shape: a title, and aligned `key: value` lines under it. Pure.

/** One line. An absent value leaves it out. */
export type InformationRow = readonly [key: string, value: string | undefined]

/** The block, with a line break at its end. Values that come from outside must be fit for a terminal (shared/foreigntext.ts). */
export function informationBlock(title: string, rows: readonly InformationRow[]): string {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== undefined)
  const width = Math.max(...shown.map(([key]) => key.length))
  return [`${title}:`, ...shown.map(([key, value]) => `  ${`${key}:`.padEnd(width + 2)}${value}`), ''].join('\n')
}

/** A time as RFC 3339 in this computer's zone: `2026-11-29T15:18:14-07:00`. `at` is epoch ms. */
export function localTime(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
  const day = `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${zone}`
}
