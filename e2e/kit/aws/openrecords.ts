// What the files of a data directory say of open sessions, whichever process has written them.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenSession } from '../../../electron/core/ledger/opensessions'

/** Reads the entries of all processes. */
export async function openRecords(dataDirectory: string): Promise<OpenSession[]> {
  const folder = join(dataDirectory, 'open-sessions')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => (JSON.parse(text) as { data: OpenSession[] }).data)
}
