// Where Culvert keeps its files, in a directory that no other user can read.
//
// Owns: which directory it is and its mode. Does not own: its files, and which process may use it now (lock/lock.ts).

import { access, chmod, constants, mkdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'
import { AppError } from '../../../shared/errors'
import { directoryError } from './failure'

const OWNER_ONLY = 0o700
const OTHERS = 0o077
const STICKY = 0o1000

/**
 * The data directory's absolute path: CULVERT_DATA_DIR, else where `platform` keeps such things below the home that `env`
 * names. Touches no file.
 */
export function dataDirectoryPath(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const path = platform === 'win32' ? win32 : posix
  const chosen = env['CULVERT_DATA_DIR']
  if (chosen) return path.resolve(chosen)
  const home = env['HOME'] || env['USERPROFILE'] || homedir()
  if (platform === 'darwin') return path.resolve(home, 'Library', 'Application Support', 'Culvert')
  if (platform === 'win32') return path.resolve(env['APPDATA'] || path.join(home, 'AppData', 'Roaming'), 'Culvert')
  // A relative one is to be ignored. Source: XDG Base Directory Specification.
  const base = env['XDG_CONFIG_HOME']
  return base && path.isAbsolute(base) ? path.resolve(base, 'culvert') : path.resolve(home, '.config', 'culvert')
}

/**
 * Makes the data directory, with those above it, or tightens the one that is there: its mode is 0700 afterwards. Throws
 * `data-directory` when it is no directory, cannot be written, belongs to another user, or is shared by all users.
 */
export async function makeDataDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: OWNER_ONLY })
    // Windows protects a user's directories by other means than modes.
    if (process.getuid !== undefined) await tighten(path, process.getuid())
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw directoryError(path, 'used as the data directory', error)
  }
}

async function tighten(path: string, uid: number): Promise<void> {
  const found = await stat(path)
  if (found.uid !== uid) {
    throw new AppError(
      'data-directory',
      `The data directory ${path} belongs to another user: run Culvert as that user, or set CULVERT_DATA_DIR to a directory of your own.`,
    )
  }
  if ((found.mode & STICKY) !== 0) {
    throw new AppError(
      'data-directory',
      `The data directory ${path} is shared by everybody: set CULVERT_DATA_DIR to a directory of its own.`,
    )
  }
  if ((found.mode & OTHERS) !== 0) await chmod(path, OWNER_ONLY)
}
