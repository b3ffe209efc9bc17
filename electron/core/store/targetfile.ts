// The saved targets on disk: targets.json, version 1. Ids and names are made unique, see ownnames.ts.

import { join } from 'node:path'
import * as z from 'zod'
import { environmentRef, targetFields } from '../../../shared/schemas'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { openJsonFile, readJsonFile, type JsonFile, type JsonFileOptions } from './jsonfile'
import { MAX_ID, withOwnNames } from './ownnames'

const target = z.strictObject({ id: z.string().min(1).max(MAX_ID), environment: environmentRef, ...targetFields })

const targets = z.array(target).transform((list: readonly SavedTarget[]): readonly SavedTarget[] => withOwnNames(list))

function options(directory: string): JsonFileOptions<readonly SavedTarget[]> {
  return { path: join(directory, 'targets.json'), version: 1, schema: targets, empty: [], migrations: {} }
}

/** Opens the saved targets of a data directory. Throws `data-directory`. */
export function openTargetFile(directory: string): Promise<JsonFile<readonly SavedTarget[]>> {
  return openJsonFile(options(directory))
}

/** Reads the saved targets of a data directory that another process may hold. Throws `data-directory`. */
export function readTargetFile(directory: string): Promise<readonly SavedTarget[]> {
  return readJsonFile(options(directory))
}
