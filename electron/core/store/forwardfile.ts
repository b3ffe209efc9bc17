// The saved forwards on disk: forwards.json, version 1.
//
// No saved forward is lost. A file edited by hand may give two forwards one name: both stay, the later one with a name (or id)
// of its own, "db (2)". The same file always gives the same names. A forward with an unknown field marks the file as one of
// another version, and the whole file is kept aside.

import { join } from 'node:path'
import * as z from 'zod'
import { environmentRef, forwardFields } from '../../../shared/schemas'
import type { Forward } from '../../../shared/model/forward'
import { MAX_ID, withOwnNames } from './ownnames'
import { openJsonFile, type JsonFile } from './jsonfile'

/** Hosts as earlier versions accepted them. A host that requests may no longer bring must not set the whole file aside. */
const savedHost = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\s/]+$/)
  .exactOptional()

const forward = z.strictObject({
  id: z.string().min(1).max(MAX_ID),
  environment: environmentRef,
  ...forwardFields,
  remoteHost: savedHost,
})

const forwards = z.array(forward).transform((list: readonly Forward[]): readonly Forward[] => withOwnNames(list))

/** Opens the forwards of a data directory; ids and names are unique. Throws `data-directory`. */
export function openForwardFile(directory: string): Promise<JsonFile<readonly Forward[]>> {
  return openJsonFile({
    path: join(directory, 'forwards.json'),
    version: 1,
    schema: forwards,
    empty: [],
    migrations: {},
  })
}
