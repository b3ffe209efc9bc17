// The programs of this computer that the shells of the Demo are made of.

import { accessSync, constants } from 'node:fs'

/** Where bash is, best first. */
export const BASH_PATHS: readonly string[] = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash']

/** Whether this process may execute the file at `path`. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
