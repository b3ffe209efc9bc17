// Types a script that comes by a pipe into a shell, and tells the shell that nothing more comes.
//
// Owns how lines end there and what ends the shell: Enter is CR on Windows, where Ctrl-D means nothing, so `exit` is typed; the other
// shells get the bytes as they are, and Ctrl-D. Does not own the session.

import type { Readable } from 'node:stream'
import type { Instance } from '../../shared/model/instance'
import type { Shell } from '../core/sessions/shell'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const CTRL_D = Buffer.from([0x04])
const WINDOWS_END = Buffer.from('exit\r')

/**
 * Ctrl-D reaches the program that reads at that moment, perhaps a `cat` in the script, while a pipe would be at its end for all of
 * them. So it is sent again until the shell has read one. Surplus ones do no harm.
 */
const CTRL_D_EVERY_MS = 2_000

/** The shell to type into. */
export interface ScriptTarget {
  readonly shell: Pick<Shell, 'write'>
  readonly platform: Instance['platform']
  /** Aborted when the shell has ended. */
  readonly over: AbortSignal
}

/** Types all of `stdin`, then ends the shell. Rejects as `stdin` and `shell.write` do. */
export function typeScript(stdin: Readable, target: ScriptTarget): Promise<void> {
  return target.platform === 'windows' ? typeOnWindows(stdin, target) : typeOnUnix(stdin, target)
}

async function typeOnUnix(stdin: Readable, { shell, over }: ScriptTarget): Promise<void> {
  let last: number | undefined = LINE_FEED
  for await (const chunk of stdin) {
    if (!(chunk instanceof Uint8Array)) continue
    last = chunk.at(-1)
    await shell.write(chunk)
  }
  // A last line without a break would make Ctrl-D submit that line rather than end the input.
  if (last !== LINE_FEED) await shell.write(Buffer.from([LINE_FEED]))
  await shell.write(CTRL_D)
  if (over.aborted) return
  const timer = setInterval(() => {
    shell.write(CTRL_D).catch(() => clearInterval(timer))
  }, CTRL_D_EVERY_MS)
  over.addEventListener('abort', () => clearInterval(timer), { once: true })
}

async function typeOnWindows(stdin: Readable, { shell }: ScriptTarget): Promise<void> {
  let last = CARRIAGE_RETURN
  for await (const chunk of stdin) {
    if (!(chunk instanceof Uint8Array)) continue
    const typed: number[] = []
    for (const byte of chunk) {
      // LF, and CR LF, which may come in two chunks, are one Enter.
      if (byte !== LINE_FEED) typed.push(byte)
      else if (last !== CARRIAGE_RETURN) typed.push(CARRIAGE_RETURN)
      last = byte
    }
    if (typed.length > 0) await shell.write(Buffer.from(typed))
  }
  if (last !== CARRIAGE_RETURN && last !== LINE_FEED) await shell.write(Buffer.from([CARRIAGE_RETURN]))
  await shell.write(WINDOWS_END)
}
