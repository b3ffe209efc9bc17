// A named pipe in the place of a file.

import { execFileSync } from 'node:child_process'

/** Makes a pipe at `path`. Not on Windows, which has none. */
export function makePipe(path: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$0"', path])
}
