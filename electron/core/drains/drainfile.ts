// The saved drains on disk: drains.json, version 1, without their secrets. Ids and names are made unique, see store/ownnames.ts.

import { join } from 'node:path'
import * as z from 'zod'
import type { Drain } from '../../../shared/model/drain'
import { parts } from '../../../shared/schemas'
import { openJsonFile, readJsonFile, type JsonFile, type JsonFileOptions } from '../store/jsonfile'
import { MAX_ID, withOwnNames } from '../store/ownnames'

/** A drain as it is saved. */
export type SavedDrain = Omit<Drain, 'secrets'>

const drain = z.strictObject({
  // The id names the folder of the spool.
  id: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/)
    .max(MAX_ID),
  ...parts.drainFields,
})

const drains = z.array(drain).transform((list: readonly SavedDrain[]): readonly SavedDrain[] => withOwnNames(list))

function optionsOf(directory: string): JsonFileOptions<readonly SavedDrain[]> {
  return { path: join(directory, 'drains.json'), version: 1, schema: drains, empty: [], migrations: {} }
}

/** Opens the saved drains of a data directory. Throws `data-directory`. */
export function openDrainFile(directory: string): Promise<JsonFile<readonly SavedDrain[]>> {
  return openJsonFile(optionsOf(directory))
}

/** Reads the saved drains of a data directory that another process may have open, and changes nothing. Throws `data-directory`. */
export function readDrainFile(directory: string): Promise<readonly SavedDrain[]> {
  return readJsonFile(optionsOf(directory))
}
