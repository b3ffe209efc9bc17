// Puts the local terminal into raw mode, and restores it however the command ends.

import { spawnSync } from 'node:child_process'
import type { Keyboard } from './keyboard'

/**
 * Puts the terminal into raw mode, so that every key, also Ctrl-C, goes to the instance. Disposing restores it, as does
 * the end of the process by `process.exit` or by an uncaught error; signals come as an ordinary ending (`life.ts`). After
 * a stop and `fg` the shell around us has reset the terminal, so raw mode is set again.
 */
export function enterRawMode(keyboard: Keyboard): Disposable {
  const leaveOutputAlone = (): void => {
    // Node's raw mode still turns "\n" into "\r\n", which the far terminal has done already: full-screen programs that move
    // down by a bare "\n" would land in the first column. Leaving raw mode turns it on again.
    if (process.platform !== 'win32') spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] })
  }
  const enter = (): void => {
    keyboard.setRaw()
    leaveOutputAlone()
  }
  const hold = keyboard.hold()
  const restore = (): void => {
    process.off('exit', restore)
    process.off('SIGCONT', enter)
    hold[Symbol.dispose]()
  }
  leaveOutputAlone()
  process.on('exit', restore)
  process.on('SIGCONT', enter)
  return { [Symbol.dispose]: restore }
}
