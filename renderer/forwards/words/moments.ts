// Points in time of a forward, in words: since when; and a journal entry as a sentence of its own. Pure.

import { clockWords, spanWords } from '../../../shared/status'

const DAY_MS = 86_400_000

/** Turns an entry's text, which normally follows the subject's name, into a sentence of its own: "is up." becomes "Is up." */
export function sentenceOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** A time in the past: `11:42, 34 min ago`; from one day on only the span. Both are epoch ms. */
export function agoWords(at: number, nowAt: number): string {
  const span = spanWords(Math.max(0, nowAt - at))
  return nowAt - at < DAY_MS ? `${clockWords(at)}, ${span} ago` : `${span} ago`
}
