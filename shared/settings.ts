// What settings are until a person changes them, and how far they go.

import type { Settings } from './model'

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
}

/** From and to which whole numbers those of connections go. */
export const SETTING_RANGES = {
  holdSeconds: [0, 300],
  resumeMinutes: [1, 60],
  pingSeconds: [5, 60],
  deadSeconds: [10, 300],
} as const

/** How much longer than the time between pings a connection must be silent to count as dead: a ping has to be answered. */
export const MIN_SILENCE_SECONDS = 5

/** The name of a setting that is a number. */
export type NumberSetting = keyof typeof SETTING_RANGES
