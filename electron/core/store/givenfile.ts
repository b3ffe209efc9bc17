// What a data directory was given once and is not given again: given.json, version 1.
//
// The ready forwards of the Demo are a person's own once they are there: those that were deleted stay deleted.

import { join } from 'node:path'
import * as z from 'zod'
import { openJsonFile, type JsonFile } from './jsonfile'

const given = z.strictObject({ demoForwards: z.boolean() })

/** What was given. */
export type Given = z.infer<typeof given>

/** Opens the file of a data directory. Throws `data-directory`. */
export function openGivenFile(directory: string): Promise<JsonFile<Given>> {
  return openJsonFile<Given>({
    path: join(directory, 'given.json'),
    version: 1,
    schema: given,
    empty: { demoForwards: false },
    migrations: {},
  })
}
