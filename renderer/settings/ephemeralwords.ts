// Reads the settings of ephemeral sessions as people type them. Pure.

import { readMinutesUpTo } from '../forwards/editor/limits'

/** 30 days. */
const MAX_TTL_MINUTES = 43_200
const MAX_SESSIONS = 100

/** The minutes of a text that has no problem; undefined for "". */
export function readDays(text: string): number | undefined {
  return readMinutesUpTo(text, MAX_TTL_MINUTES)
}

/** Why `text` is no time to live; undefined if it is one. */
export function ttlProblem(text: string): string | undefined {
  return readDays(text) === undefined
    ? 'Enter a time such as 8 h or 2 d, 30 d at most, or leave this empty.'
    : undefined
}

/** Why `text` is no number of sessions; undefined if it is one. */
export function limitProblem(text: string): string | undefined {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= MAX_SESSIONS
    ? undefined
    : `Enter a whole number from 1 to ${MAX_SESSIONS}, or leave this empty.`
}
