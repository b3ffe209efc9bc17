// Tells when credentials on disk may have changed: the AWS files and the logins of SSO. Only that, never what is in them.
//
// Files are looked at every so often instead of being watched by the system: they may not exist yet, tools replace them
// by renaming, and home directories lie on network drives.

import { unwatchFile, watchFile, type Stats } from 'node:fs'
import { join } from 'node:path'
import { homeOf, profileFiles } from './profiles'

/** Whoever has logged in is served within this. */
const LOOK_MS = 2_000

/** Calls `onChange` after each change until it is disposed. `lookMs` is for tests. */
export function watchCredentials(env: NodeJS.ProcessEnv, onChange: () => void, lookMs: number = LOOK_MS): Disposable {
  const { filepath, configFilepath } = profileFiles(env)
  // `aws sso login` and `aws login` write a file of their own each: their directories' times change.
  const aws = join(homeOf(env), '.aws')
  const paths = [filepath, configFilepath, join(aws, 'sso', 'cache'), join(aws, 'login', 'cache')]
  const look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) onChange()
  }
  for (const path of paths) watchFile(path, { interval: lookMs, persistent: false }, look)
  return {
    [Symbol.dispose]: () => {
      for (const path of paths) unwatchFile(path, look)
    },
  }
}
