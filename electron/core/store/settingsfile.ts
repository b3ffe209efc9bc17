// The settings on disk: settings.json, version 1. A setting that is absent has its default.

import { join } from 'node:path'
import * as z from 'zod'
import {
  environmentRef,
  environmentSettings,
  personalSettings,
  settingNumbers,
  terminalSettings,
} from '../../../shared/schemas'
import { AppError } from '../../../shared/errors'
import { MIN_SILENCE_SECONDS, defaultSettings, type Settings } from '../../../shared/settings'
import { openJsonFile, readJsonFile, type JsonFile, type JsonFileOptions } from './jsonfile'

const settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default(defaultSettings.theme),
  density: z.enum(['comfortable', 'compact']).default(defaultSettings.density),
  groupTag: z.string().max(128).default(defaultSettings.groupTag),
  environment: environmentRef.exactOptional(),
  keepRunning: z.boolean().default(defaultSettings.keepRunning),
  restoreAtLaunch: z.boolean().default(defaultSettings.restoreAtLaunch),
  holdSeconds: settingNumbers.holdSeconds.default(defaultSettings.holdSeconds),
  resumeMinutes: settingNumbers.resumeMinutes.default(defaultSettings.resumeMinutes),
  resumeAheadMinutes: settingNumbers.resumeAheadMinutes.default(defaultSettings.resumeAheadMinutes),
  pingSeconds: settingNumbers.pingSeconds.default(defaultSettings.pingSeconds),
  deadSeconds: settingNumbers.deadSeconds.default(defaultSettings.deadSeconds),
  failoverSeconds: settingNumbers.failoverSeconds.default(defaultSettings.failoverSeconds),
  leaseMinutes: settingNumbers.leaseMinutes.default(defaultSettings.leaseMinutes),
  recordingFolder: personalSettings.recordingFolder.default(defaultSettings.recordingFolder),
  recordingDays: settingNumbers.recordingDays.default(defaultSettings.recordingDays),
  recordingMegabytes: settingNumbers.recordingMegabytes.default(defaultSettings.recordingMegabytes),
  spoolMegabytes: settingNumbers.spoolMegabytes.default(defaultSettings.spoolMegabytes),
  userName: personalSettings.userName.default(defaultSettings.userName),
  userEmail: personalSettings.userEmail.default(defaultSettings.userEmail),
  terminalFont: terminalSettings.terminalFont.default(defaultSettings.terminalFont),
  terminalFontSize: settingNumbers.terminalFontSize.default(defaultSettings.terminalFontSize),
  scrollbackLines: settingNumbers.scrollbackLines.default(defaultSettings.scrollbackLines),
  askBeforeClosing: terminalSettings.askBeforeClosing.default(defaultSettings.askBeforeClosing),
  environmentHues: terminalSettings.environmentHues.default(defaultSettings.environmentHues),
  environments: environmentSettings.default(defaultSettings.environments),
})

function isPatient({ pingSeconds, deadSeconds }: Pick<Settings, 'pingSeconds' | 'deadSeconds'>): boolean {
  return deadSeconds >= pingSeconds + MIN_SILENCE_SECONDS
}

/** Throws `usage` for settings that contradict each other. */
export function checkSettings(settings: Settings): void {
  if (isPatient(settings)) return
  const least = settings.pingSeconds + MIN_SILENCE_SECONDS
  const text = `A connection that is pinged every ${settings.pingSeconds} s cannot count as dead before ${least} s: raise that time first, or ping more often.`
  throw new AppError('usage', text)
}

function fileOptions(directory: string): JsonFileOptions<Settings> {
  return {
    path: join(directory, 'settings.json'),
    version: 1,
    schema: settings.refine(isPatient, 'a connection counts as dead before a ping can be answered'),
    empty: defaultSettings,
    migrations: {},
  }
}

/** Opens the settings of a data directory. Throws `data-directory`. */
export function openSettingsFile(directory: string): Promise<JsonFile<Settings>> {
  return openJsonFile<Settings>(fileOptions(directory))
}

/** Reads the settings for a process that does not hold the directory, and changes nothing. Throws `data-directory`. */
export function readSettingsFile(directory: string): Promise<Settings> {
  return readJsonFile<Settings>(fileOptions(directory))
}
