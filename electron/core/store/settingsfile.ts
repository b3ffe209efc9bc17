// What a person has set, on disk: settings.json, version 1. A setting that is absent has its default.

import { join } from 'node:path'
import * as z from 'zod'
import { environmentRef } from '../../../shared/api'
import type { Settings } from '../../../shared/model'
import { openJsonFile, type JsonFile } from './jsonfile'

const defaults: Settings = { theme: 'system', density: 'comfortable', groupTag: '', keepRunning: true }

const settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default(defaults.theme),
  density: z.enum(['comfortable', 'compact']).default(defaults.density),
  groupTag: z.string().max(128).default(defaults.groupTag),
  environment: environmentRef.exactOptional(),
  keepRunning: z.boolean().default(defaults.keepRunning),
})

/** Opens the settings of a data directory. Throws `data-directory`. */
export function openSettingsFile(directory: string): Promise<JsonFile<Settings>> {
  return openJsonFile<Settings>({
    path: join(directory, 'settings.json'),
    version: 1,
    schema: settings,
    empty: defaults,
    migrations: {},
  })
}
