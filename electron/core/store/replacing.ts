// Replaces a file as a whole, without a flush: a reader finds the old content or the new one.
//
// After a power cut the old content may be there again, or a file that is empty. For what can be lost; all else is in a JsonFile.

import { rename, rm, writeFile } from 'node:fs/promises'

/** Replaces the file at `path`, which only this user can read. Rejects as the system does; the file is as before then. */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    await writeFile(temporary, content, { mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}
