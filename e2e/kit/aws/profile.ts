// A profile of AWS files that names a simulator, as a login leaves it.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '../../../electron/simulator/simulator'

/** Writes the simulator's newest credentials into the profile "work" of this home, as a login does. */
export async function login(home: string, { credentials, region }: Simulator): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  await mkdir(join(home, '.aws'), { recursive: true })
  await writeFile(join(home, '.aws', 'config'), `[profile work]\nregion = ${region}\n`)
  await writeFile(
    join(home, '.aws', 'credentials'),
    `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
  )
}
