// Tells when credentials on disk may have changed: the AWS files and the logins of SSO. Does not read them.
//
// Their times are polled. The system's file watching does not fit: the files may not exist yet, tools replace them by renaming,
// and home directories may be on network drives.

import { unwatchFile, watchFile, type Stats } from 'node:fs'
import { join } from 'node:path'
import { homeOf, profileFiles } from './profiles'

/** A login is noticed within this time. */
const LOOK_MS = 2_000

/** Calls `onChange` after each change until it is disposed. `lookMs` is for tests. */
export function watchCredentials(env: NodeJS.ProcessEnv, onChange: () => void, lookMs: number = LOOK_MS): Disposable {
  const { filepath, configFilepath } = profileFiles(env)
  // `aws sso login` and `aws login` write a new file for each login, which changes the time of its directory.
  const aws = join(homeOf(env), '.aws')
  const logins = env['AWS_LOGIN_CACHE_DIRECTORY'] || join(aws, 'login', 'cache')
  const paths = [filepath, configFilepath, join(aws, 'sso', 'cache'), logins]
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
