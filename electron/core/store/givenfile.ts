// What Culvert has put into a data directory once and does not put there again: given.json, version 1.
//
// The ready forwards of the Demo belong to the person from then on: a deleted one stays deleted.

import { join } from 'node:path'
import * as z from 'zod'
import { openJsonFile, type JsonFile } from './jsonfile'

const given = z.strictObject({ demoForwards: z.boolean() })

/** The content of given.json. */
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
