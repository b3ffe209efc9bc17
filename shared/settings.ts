// What settings are until a person changes them, and how far they go.

import type { Hue, Settings } from './model'

/** Of a data directory that is new. */
export const defaultSettings: Settings = {
  theme: 'system',
  density: 'comfortable',
  groupTag: '',
  keepRunning: true,
  restoreAtLaunch: true,
  holdSeconds: 30,
  resumeMinutes: 20,
  pingSeconds: 20,
  deadSeconds: 45,
  terminalFont: '',
  terminalFontSize: 13,
  scrollbackLines: 10_000,
  askBeforeClosing: true,
  environmentHues: {},
}

/** The colours of environments, in the order in which they are offered. */
export const HUES = [
  'blue',
  'teal',
  'green',
  'olive',
  'orange',
  'red',
  'pink',
  'purple',
] as const satisfies readonly Hue[]

/** From and to which whole numbers go. */
export const SETTING_RANGES = {
  holdSeconds: [0, 300],
  resumeMinutes: [1, 60],
  pingSeconds: [5, 60],
  deadSeconds: [10, 300],
  terminalFontSize: [8, 32],
  scrollbackLines: [1_000, 100_000],
} as const

/** How much longer than the time between pings a connection must be silent to count as dead: a ping has to be answered. */
export const MIN_SILENCE_SECONDS = 5

/** The name of a setting that is a number. */
export type NumberSetting = keyof typeof SETTING_RANGES

/** The colour of an environment: the one that a person gave it, else one that follows from its name alone. */
export function hueOf(environmentName: string, { environmentHues }: Pick<Settings, 'environmentHues'>): Hue {
  const given = Object.hasOwn(environmentHues, environmentName) ? environmentHues[environmentName] : undefined
  if (given !== undefined) return given
  // FNV-1a: names that differ in one letter ("acme-prod1", "acme-prod2") get different colours.
  let hash = 0x811c9dc5
  for (const character of environmentName) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return HUES[((hash ^ (hash >>> 16)) >>> 0) % HUES.length] ?? HUES[0]
}
