// What the app's settings say of the environments that the command line opens: it reads the same file and changes nothing.

import { settingsOf } from '../../shared/environmentsettings'
import { AppError } from '../../shared/errors'
import { defaultSettings } from '../../shared/settings'
import type { EnvironmentOptions } from '../core/environments/open'
import { readSettingsFile } from '../core/store/settingsfile'

/** What the settings say. */
export interface Rules extends Required<Pick<EnvironmentOptions, 'settingsOf' | 'askReason'>> {
  /** See `Timing`. */
  readonly failoverMs: number
}

/**
 * Reads the settings of a data directory. A file that cannot be read is told by `tell`, and no setting of it holds. A reason that is
 * required has to be on the command line.
 */
export async function readRules(directory: string, tell: (text: string) => void): Promise<Rules> {
  const { environments, failoverSeconds } = await readSettingsFile(directory).catch((error: unknown) => {
    const why = error instanceof AppError ? error.message : String(error)
    tell(`The settings (documents, endpoint, reason, failover) are not used. ${why}`)
    return defaultSettings
  })
  return {
    failoverMs: failoverSeconds * 1_000,
    settingsOf: (name, region) => settingsOf(environments, name, region),
    askReason: ({ name, region }) => {
      const where = `${name} in ${region}`
      const text = `By Culvert's settings (${directory}) sessions of ${where} need a reason: give it with --reason TEXT.`
      return Promise.reject(new AppError('usage', text))
    },
  }
}
