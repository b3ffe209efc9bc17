// Settings: their types, their defaults, and their ranges.

import type { AllEnvironmentSettings } from './environmentsettings'
import type { EnvironmentRef } from './model/environment'

/** A colour of an environment; the tokens define it for each theme. */
export type Hue = 'blue' | 'teal' | 'green' | 'olive' | 'orange' | 'red' | 'pink' | 'purple'

/** The settings of a person. Stored in the data directory. */
export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly density: 'comfortable' | 'compact'
  /** The tag that instances are grouped by; "" for none. */
  readonly groupTag: string
  /** The last shown environment. */
  readonly environment?: EnvironmentRef
  /** Whether closing the last window leaves Culvert running in the tray. */
  readonly keepRunning: boolean
  /** Whether a start turns on the forwards and shows the terminals that existed when Culvert last ended. */
  readonly restoreAtLaunch: boolean
  /** How long a local connection opened during an outage is held before it is refused. */
  readonly holdSeconds: number
  /** How long Culvert tries to resume a session that has lost its connection; then it opens a new one. */
  readonly resumeMinutes: number
  /**
   * The age of a connection to AWS at which it is replaced, if the keys cannot be renewed and their end is not known: it then lives
   * for an hour after they have ended.
   */
  readonly resumeAheadMinutes: number
  /** How often Session Manager is pinged, and after what silence the connection counts as dead. */
  readonly pingSeconds: number
  readonly deadSeconds: number
  /** How long a host of a set may be out of reach before a forward moves to another one. */
  readonly failoverSeconds: number
  /** How long the container of an ephemeral session lives without a beat of this computer. At least `resumeMinutes`. */
  readonly leaseMinutes: number
  /** The folder of recordings; "" for the one in the data directory. */
  readonly recordingFolder: string
  /** Older recordings are deleted; and the oldest ones above this size in all. */
  readonly recordingDays: number
  readonly recordingMegabytes: number
  /** The most that a drain keeps while its destination cannot be reached. */
  readonly spoolMegabytes: number
  /** Who uses this computer, for drains, where AWS does not tell; "" where it is not set. */
  readonly userName: string
  readonly userEmail: string
  /** The font of terminals; "" for the built-in one, which is also used if the font is not installed. */
  readonly terminalFont: string
  /** In px. */
  readonly terminalFontSize: number
  /** The number of lines above a terminal's screen. */
  readonly scrollbackLines: number
  /** Whether closing a terminal with a running session asks first. */
  readonly askBeforeClosing: boolean
  /** The colours that a person chose for environments, by name; others get a colour derived from the name. */
  readonly environmentHues: Readonly<Record<string, Hue>>
  /** The settings of single environments; see environmentsettings.ts. */
  readonly environments: AllEnvironmentSettings
}

/** The settings of a new data directory. */
export const defaultSettings: Settings = {
  theme: 'system',
  density: 'comfortable',
  groupTag: '',
  keepRunning: true,
  restoreAtLaunch: true,
  holdSeconds: 30,
  resumeMinutes: 20,
  resumeAheadMinutes: 15,
  pingSeconds: 20,
  deadSeconds: 45,
  failoverSeconds: 60,
  leaseMinutes: 20,
  recordingFolder: '',
  recordingDays: 90,
  recordingMegabytes: 2_048,
  spoolMegabytes: 256,
  userName: '',
  userEmail: '',
  terminalFont: '',
  terminalFontSize: 13,
  scrollbackLines: 10_000,
  askBeforeClosing: true,
  environmentHues: {},
  environments: {},
}

/** The colours of environments in display order. */
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

/** The smallest and the largest value of each number setting. */
export const SETTING_RANGES = {
  holdSeconds: [0, 300],
  resumeMinutes: [1, 60],
  resumeAheadMinutes: [1, 60],
  pingSeconds: [5, 60],
  deadSeconds: [10, 300],
  failoverSeconds: [10, 3_600],
  leaseMinutes: [1, 1_440],
  recordingDays: [1, 3_650],
  recordingMegabytes: [10, 1_048_576],
  spoolMegabytes: [1, 16_384],
  terminalFontSize: [8, 32],
  scrollbackLines: [1_000, 100_000],
} as const

/** A connection counts as dead if it is silent for this much longer than the ping interval: an answer takes time. */
export const MIN_SILENCE_SECONDS = 5

/** The name of a number setting. */
export type NumberSetting = keyof typeof SETTING_RANGES

/** The colour of an environment: the chosen one, else one derived from its name alone. */
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
