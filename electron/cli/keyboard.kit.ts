// A terminal for tests of questions and keys: a real pseudo terminal with a program in it that does nothing.

import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { Keyboard } from './keyboard'

/** Opens the terminal: `type` types on it, `keyboard` reads from it. It ends with the test. */
export async function terminal(): Promise<{
  readonly type: (keys: string) => void
  readonly keyboard: Keyboard
  readonly input: ReadStream
}> {
  const pty = spawn('sh', ['-c', 'tty; exec sleep 1000'], { cols: 80, rows: 24 })
  const path = await new Promise<string>((resolve) => pty.onData((text) => resolve(text.trim())))
  const input = new ReadStream(openSync(path, 'r+'))
  onTestFinished(() => {
    input.destroy()
    pty.kill('SIGKILL')
  })
  return { type: (keys) => pty.write(keys), keyboard: new Keyboard(input), input }
}
