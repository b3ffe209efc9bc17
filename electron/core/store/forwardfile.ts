// The saved forwards on disk: forwards.json, version 1.
//
// No saved forward is lost. A file edited by hand may give two forwards one name: both stay, the later one with a name (or id)
// of its own, "db (2)". The same file always gives the same names. A forward with an unknown field marks the file as one of
// another version, and the whole file is kept aside.

import { join } from 'node:path'
import * as z from 'zod'
import { environmentRef, forwardFields } from '../../../shared/schemas'
import type { Forward } from '../../../shared/model/forward'
import { openJsonFile, type JsonFile } from './jsonfile'

const MAX_NAME = 100
const MAX_ID = 200

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

const forwards = z.array(forward).transform((list: readonly Forward[]): readonly Forward[] => {
  const ids = distinct(
    list.map(({ id }) => id),
    (id, count) => ending(id, `-${count}`, MAX_ID),
  )
  const names = distinct(
    list.map(({ name }) => name),
    (name, count) => ending(name, ` (${count})`, MAX_NAME),
  )
  return list.map((one, index) => ({ ...one, id: ids[index] ?? one.id, name: names[index] ?? one.name }))
})

function ending(text: string, end: string, max: number): string {
  return `${text.slice(0, max - end.length)}${end}`
}

/** The same texts in the same order; a text that came before gets a number. A text that stands once stays as it is. */
function distinct(texts: readonly string[], variant: (text: string, count: number) => string): string[] {
  const taken = new Set(texts)
  const seen = new Set<string>()
  return texts.map((text) => {
    let own = text
    for (let count = 2; seen.has(text) && taken.has(own); count += 1) own = variant(text, count)
    seen.add(text)
    taken.add(own)
    return own
  })
}

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
