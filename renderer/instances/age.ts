// The age of a list, in words. Pure.

import { spanWords } from '../../shared/status'

const MINUTE_MS = 60_000

/** "Listed just now", "Listed 40 s ago", "Listed 4 min ago". */
export function listedWords(listedAt: number, nowAt: number): string {
  const ageMs = nowAt - listedAt
  if (ageMs < 10_000) return 'Listed just now'
  if (ageMs < MINUTE_MS) return `Listed ${Math.floor(ageMs / 10_000) * 10} s ago`
  return `Listed ${spanWords(ageMs)} ago`
}
