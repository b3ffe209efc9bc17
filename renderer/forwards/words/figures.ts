// A forward's figures in words and as a line: rates, amounts, round trips. Pure.
//
// Units are decimal, as networks count: 1 KB is 1000 bytes.

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

const STEP = 1_000

/** Values below this have one decimal, so that a figure never takes more than four characters. */
const FIRST_WHOLE = 10

/** An amount of bytes: `0 B`, `1.4 KB`, `412 KB`, `38 MB`. */
export function bytesWords(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  // Without this, 999.6 KB would be rounded to 1000 KB.
  while (unit < UNITS.length - 1 && Math.round(value) >= STEP) {
    value /= STEP
    unit += 1
  }
  const isFine = unit > 0 && Math.round(value * 10) < FIRST_WHOLE * 10
  return `${isFine ? value.toFixed(1) : Math.round(value)} ${UNITS[unit] ?? ''}`
}

/** A rate: `412 KB/s`. */
export function rateWords(bytesPerSecond: number): string {
  return `${bytesWords(bytesPerSecond)}/s`
}

/** A round trip: `28 ms`, `1.4 s`; "–" before the first measurement. */
export function roundTripWords(roundTripMs: number | undefined): string {
  if (roundTripMs === undefined) return '–'
  return roundTripMs < STEP ? `${Math.round(roundTripMs)} ms` : `${(roundTripMs / STEP).toFixed(1)} s`
}

/** The distance between the line and the edges of its box: at an edge half of the stroke would be cut off. */
const SPARK_PAD = 2

/** The box of a sparkline, in its own units. */
export interface SparkBox {
  readonly width: number
  readonly height: number
  /** The number of samples that fill the width. */
  readonly samples: number
}

/**
 * The points of a sparkline, for `points` of an SVG polyline. The newest sample is at the right, the largest at the top, both
 * slightly inside the box. "" for fewer than two samples. Rates below `floor` do not fill the height, so that low traffic
 * stays near the bottom.
 */
export function sparkPoints(history: readonly number[], box: SparkBox, floor = STEP): string {
  const { width, height, samples } = box
  const shown = history.slice(-samples)
  if (shown.length < 2) return ''
  const largest = Math.max(floor, ...shown)
  const step = (width - 2 * SPARK_PAD) / (samples - 1)
  return shown
    .map((value, index) => {
      const x = width - SPARK_PAD - (shown.length - 1 - index) * step
      const y = height - SPARK_PAD - (Math.max(0, value) / largest) * (height - 2 * SPARK_PAD)
      return `${round(x)},${round(y)}`
    })
    .join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
