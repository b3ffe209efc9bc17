// The local terminal in raw mode, and back again in every ending.

import { spawnSync } from 'node:child_process'
import type { ReadStream } from 'node:tty'

/**
 * Puts the terminal into raw mode, so that every key, also Ctrl-C, goes to the instance. Disposing restores it, as does
 * the end of the process by `process.exit` or by an uncaught error; signals come as an ordinary ending (`life.ts`). After
 * a stop and `fg` the shell around us has reset the terminal, so raw mode is set again.
 */
export function enterRawMode(stdin: ReadStream): Disposable {
  const enter = (): void => {
    stdin.setRawMode(true)
    // Node's raw mode leaves "\n" becoming "\r\n" on, although the far terminal has done so already: full-screen programs
    // that move down by a bare "\n" would be thrown to the first column. setRawMode(false) brings this back as well.
    if (process.platform !== 'win32') spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
  }
  let isRestored = false
  const restore = (): void => {
    if (isRestored) return
    isRestored = true
    process.off('exit', restore)
    process.off('SIGCONT', enter)
    // A terminal that has hung up cannot be set, and need not be.
    if (!stdin.destroyed) stdin.setRawMode(false)
  }
  enter()
  process.on('exit', restore)
  process.on('SIGCONT', enter)
  return { [Symbol.dispose]: restore }
}
