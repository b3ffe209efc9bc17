// Joins a shell to the terminal of this process: keys or a script go in, output comes out, the size follows.
//
// With a terminal for stdin every key goes to the instance, and the size follows stdout's. With a pipe its bytes are typed
// in, and at its end the shell is told that there is no more; its output is delivered to the last byte. The shell is not ended here.

import type { Readable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { deferred } from '../../shared/deferred'
import { AppError } from '../../shared/errors'
import type { Instance } from '../../shared/model/instance'
import type { TerminalSize } from '../../shared/model/terminal'
import type { Shell } from '../core/sessions/shell'
import { pour, printedUntil, type Printer } from './context'
import { ESCAPES_LIST, takeEscapes } from './escapes'
import type { Keyboard } from './keyboard'
import { interrupted } from './life'
import { enterRawMode } from './rawmode'
import { typeScript } from './script'

/** The size where stdout is no terminal, as in AWS's plugin: wide, so that lines are not broken. */
const UNWATCHED: TerminalSize = { cols: 300, rows: 100 }

/** The size that a shell begins with. `screen`: stdout, where it is a terminal. */
export function screenSize(screen: WriteStream | undefined): TerminalSize {
  return screen === undefined ? UNWATCHED : { cols: screen.columns, rows: screen.rows }
}

/** Whether escape sequences count. Throws `usage` for a value that is no choice. */
export function escapesFrom(value: string | undefined): boolean {
  if (value === undefined) return true
  if (value === 'none') return false
  throw new AppError('usage', `--escape is "${value}": give none, or leave it out.`)
}

/** The part of a shell that a terminal uses. */
export type AttachableShell = Pick<Shell, 'output' | 'stderr' | 'ended' | 'write' | 'resize'>

/** What a shell is joined to. */
export interface AttachOptions {
  readonly platform: Instance['platform']
  readonly hasEscapes: boolean
  readonly stdin: Readable
  readonly stdout: Printer
  readonly stderr: Printer
  /** Stdin, where it is a terminal. */
  readonly keyboard: Keyboard | undefined
  /** Stdout, where it is a terminal. */
  readonly screen: WriteStream | undefined
  readonly signal: AbortSignal
  /** Resolves with the sentence of the end where the shell may last no longer; absent: it may. */
  readonly passed?: Promise<string>
}

async function type(stdin: Readable, shell: AttachableShell): Promise<void> {
  for await (const chunk of stdin) {
    if (chunk instanceof Uint8Array) await shell.write(chunk)
  }
}

/** Resolves with the sentence of the end, "" for none, when the shell has ended or the person has left it. Rejects as `ended` does. */
export async function attach(shell: AttachableShell, options: AttachOptions): Promise<string> {
  const { stdin, stdout, stderr, keyboard, screen, platform, hasEscapes, signal } = options
  const over = new AbortController()
  const resize = (): void => shell.resize(screenSize(screen))
  screen?.on('resize', resize)
  try {
    using _ = keyboard === undefined ? undefined : enterRawMode(keyboard)
    const ending = printedUntil(shell.ended, [pour(shell.output, stdout), pour(shell.stderr, stderr)])
    // A shell that ends while we type into it is an end, not an error; `ended` tells which.
    const left = deferred<{ readonly text: string }>()
    // A terminal that cannot be written to any more ends the command by itself.
    const tell = (text: string): void => void stderr.write(text).catch(() => undefined)
    const actions = {
      leave: () => {
        tell('\r\n')
        left.resolve({ text: '' })
      },
      list: () => tell(ESCAPES_LIST),
    }
    const typed =
      keyboard === undefined
        ? typeScript(stdin, { shell, platform, over: over.signal })
        : type(keyboard.keys(hasEscapes ? takeEscapes(actions) : undefined), shell)
    typed.catch(() => undefined)
    const limit = (options.passed ?? left.promise.then(() => '')).then((text) => ({ text }))
    const { text } = await Promise.race([ending, left.promise, limit, interrupted(signal)])
    return text
  } finally {
    over.abort()
    screen?.off('resize', resize)
  }
}
