// The id of this installation: a random text, made once in the data directory and read by every process of Culvert from then on.
//
// The app and the command line may make it at the same time. A whole file is linked into place, which fails where one is there
// already, so that all of them read the same id. Nothing else is in the file, and no secret depends on it.

import { createHash, randomBytes } from 'node:crypto'
import { link, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDataDirectory } from './datadirectory'
import { directoryError } from './failure'
import { readRegular } from './regularfile'

const FILE = 'installation'
const ID = /^[0-9a-f]{32}$/

/** Reads the id of a data directory, and makes both where they are missing. Throws `data-directory`. */
export async function readInstallation(directory: string): Promise<string> {
  const path = join(directory, FILE)
  const known = await read(path)
  if (known !== undefined) return known
  await makeDataDirectory(directory)
  const own = `${path}.${randomBytes(8).toString('hex')}`
  const id = randomBytes(16).toString('hex')
  const onlyOwner = { mode: 0o600, flag: 'wx' }
  try {
    await writeFile(own, id, onlyOwner)
    // Some file systems have no links. Both calls fail where another process was faster.
    await link(own, path).catch(() => writeFile(path, id, onlyOwner).catch(() => undefined))
  } catch (error) {
    throw directoryError(path, 'written', error)
  } finally {
    await rm(own, { force: true }).catch(() => undefined /* an orphan does no harm */)
  }
  const made = await read(path)
  if (made === undefined) throw directoryError(path, 'read', new Error('it is not the id of an installation'))
  return made
}

/**
 * The id of an installation on one computer, as marks of sessions have it: a data directory that was copied has the id of another computer's.
 * `machine` as the name of a process has it; "0": not known, and the id is the same everywhere.
 */
export function installationOn(id: string, machine: string): string {
  if (machine === '0') return id
  return createHash('sha256').update(`${id} ${machine}`).digest('hex').slice(0, id.length)
}

/** The id in the file; undefined where there is no file or no id in it. */
async function read(path: string): Promise<string | undefined> {
  const text = (await readRegular(path).catch(() => undefined))?.toString('latin1').trim()
  return text !== undefined && ID.test(text) ? text : undefined
}
