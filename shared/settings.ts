// Settings: what a person can set, what holds until then, and how far each goes.

import type { EnvironmentRef } from './model/environment'

/** A colour that an environment can have; the tokens say how it looks in each theme. */
export type Hue = 'blue' | 'teal' | 'green' | 'olive' | 'orange' | 'red' | 'pink' | 'purple'

/** What a person has set. Kept in the data directory. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly density: 'comfortable' | 'compact'
  /** The tag by which instances are grouped; "" for none. */
  readonly groupTag: string
  /** The environment shown last. */
  readonly environment?: EnvironmentRef
  /** Whether closing the last window leaves Culvert running in the tray. */
  readonly keepRunning: boolean
  /** Whether a start turns on the forwards and shows the terminals that there were when Culvert last ended. */
  readonly restoreAtLaunch: boolean
  /** How long a local connection that comes during an outage is held before it is refused. */
  readonly holdSeconds: number
  /** How long a session that has lost its connection is tried to be resumed; then a new one takes its place. */
  readonly resumeMinutes: number
  /** How often Session Manager is pinged, and after how long without any answer the connection counts as dead. */
  readonly pingSeconds: number
  readonly deadSeconds: number
  /** The font of terminals; "" for the one that comes with Culvert. Where it is not installed that one is taken, too. */
  readonly terminalFont: string
  /** In px. */
  readonly terminalFontSize: number
  /** How many lines a terminal keeps above its screen. */
  readonly scrollbackLines: number
  /** Whether closing a terminal whose session runs asks first. */
  readonly askBeforeClosing: boolean
  /** The colours that a person gave to environments, by their names; the others have one that follows from the name. */
  readonly environmentHues: Readonly<Record<string, Hue>>
}

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
