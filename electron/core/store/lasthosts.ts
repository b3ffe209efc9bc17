// Which host of a set was chosen last, for `sticky`: lasthosts.json, version 1.
//
// The app and commands share the file, and the last one to write wins: to lose an entry costs no more than another host. So the file
// is read for each choice and written after it, and a failure of either is no failure of the choice.

import { join } from 'node:path'
import * as z from 'zod'
import { MAX_SET_TEXT } from '../../../shared/targetset'
import { openJsonFile, readJsonFile, type JsonFileOptions } from './jsonfile'

/** More sets than a person uses. The oldest entries are dropped. */
const MAX_SETS = 200

const schema = z
  .array(
    z.strictObject({
      environment: z.string().max(300),
      hosts: z.string().max(MAX_SET_TEXT),
      hostId: z.string().max(200),
    }),
  )
  .readonly()

type Entries = z.infer<typeof schema>

/** The place of one set: the environment's name and region, and the set as it is written. */
interface SetPlace {
  readonly environment: string
  readonly hosts: string
}

/** Remembers the last host of each set. */
export interface LastHosts {
  /** Undefined where none is known. Never rejects. */
  get(place: SetPlace): Promise<string | undefined>
  /** Never rejects. */
  keep(place: SetPlace, hostId: string): Promise<void>
}

/** The memory of a data directory. Nothing is opened until it is used. */
export function lastHostsIn(directory: string): LastHosts {
  const options: JsonFileOptions<Entries> = {
    path: join(directory, 'lasthosts.json'),
    version: 1,
    schema,
    empty: [],
    migrations: {},
  }
  /** Writes run one after the other. */
  let written = Promise.resolve()
  const isSame = (one: SetPlace, other: SetPlace): boolean =>
    one.environment === other.environment && one.hosts === other.hosts
  const keep = async (place: SetPlace, hostId: string): Promise<void> => {
    const file = await openJsonFile(options)
    const [first] = file.value
    if (first !== undefined && isSame(first, place) && first.hostId === hostId) return
    const others = file.value.filter((entry) => !isSame(entry, place))
    await file.write([{ ...place, hostId }, ...others].slice(0, MAX_SETS))
    await file.close()
  }
  return {
    get: async (place) => {
      const entries = await readJsonFile(options).catch((): Entries => [])
      return entries.find((entry) => isSame(entry, place))?.hostId
    },
    keep: (place, hostId) => {
      written = written.then(() => keep(place, hostId)).catch(() => undefined)
      return written
    },
  }
}

/** A memory of this process, for an environment without a data directory. */
export function lastHostsInMemory(): LastHosts {
  const hosts = new Map<string, string>()
  const key = ({ environment, hosts: text }: SetPlace): string => JSON.stringify([environment, text])
  return {
    get: (place) => Promise.resolve(hosts.get(key(place))),
    keep: (place, hostId) => {
      hosts.set(key(place), hostId)
      return Promise.resolve()
    },
  }
}
