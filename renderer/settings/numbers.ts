// Reads number settings as people type them.

import { MIN_SILENCE_SECONDS, SETTING_RANGES, type NumberSetting, type Settings } from '../../shared/settings'

/** The typed text as a number that can be saved, or why it cannot be saved. */
export type NumberReading =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'refused'; readonly sentence: string }

/** Reads a setting; the others are needed because it must not contradict them. */
export function readSetting(name: NumberSetting, text: string, settings: Settings): NumberReading {
  const [from, to] = SETTING_RANGES[name]
  const digits = text.trim()
  const value = /^\d{1,6}$/.test(digits) ? Number(digits) : Number.NaN
  if (!(value >= from && value <= to))
    return { kind: 'refused', sentence: `Enter a whole number from ${from} to ${to}.` }
  const after: Settings = { ...settings, [name]: value }
  const { pingSeconds, deadSeconds, leaseMinutes, resumeMinutes } = after
  if (name === 'leaseMinutes' && leaseMinutes < resumeMinutes) {
    const sentence = `A session is resumed for ${resumeMinutes} min, and needs its container until then: enter ${resumeMinutes} or more.`
    return { kind: 'refused', sentence }
  }
  if (deadSeconds >= pingSeconds + MIN_SILENCE_SECONDS) return { kind: 'value', value }
  return {
    kind: 'refused',
    sentence:
      name === 'pingSeconds'
        ? `A ping needs ${MIN_SILENCE_SECONDS} s before the connection counts as dead: enter ${deadSeconds - MIN_SILENCE_SECONDS} or less.`
        : `A ping every ${pingSeconds} s needs ${MIN_SILENCE_SECONDS} s to be answered: enter ${pingSeconds + MIN_SILENCE_SECONDS} or more.`,
  }
}
