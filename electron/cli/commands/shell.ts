// culvert shell: a terminal of an instance on stdin and stdout.
//
// With a terminal for stdin every key goes to the instance, and the size follows stdout's. With a pipe its bytes are typed
// in, and at its end the shell is told that there is no more; its output is delivered to the last byte.

import type { Readable } from 'node:stream'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { Shell } from '../../core/sessions/shell'
import { aboutOf, documentOf, pour, printedUntil, reasonOf, type Command } from '../context'
import { ESCAPES_LIST, takeEscapes } from '../escapes'
import { interrupted } from '../life'
import { enterRawMode } from '../rawmode'
import { typeScript } from '../script'
import { wordLine } from '../text'

/** The size where stdout is no terminal, as in AWS's plugin: wide, so that lines are not broken. */
const UNWATCHED = { cols: 300, rows: 100 }

async function type(stdin: Readable, shell: Shell): Promise<void> {
  for await (const chunk of stdin) {
    if (chunk instanceof Uint8Array) await shell.write(chunk)
  }
}

/** Whether escape sequences count. Throws `usage` for a value that is no choice. */
function escapesFrom(value: string | undefined): boolean {
  if (value === undefined) return true
  if (value === 'none') return false
  throw new AppError('usage', `--escape is "${value}": give none, or leave it out.`)
}

/** Opens a shell and exits with 0 when it has ended. The service's message about the end, if any, goes to stderr. */
export const shell: Command = async (context) => {
  const { environment, args, stdin, stdout, stderr, keyboard, screen, signal } = context
  const { document } = documentOf(args)
  const hasEscapes = escapesFrom(args.value('escape'))
  const instance = await environment.resolveTarget(args.positional(0), signal)
  const size = (): { cols: number; rows: number } =>
    screen === undefined ? UNWATCHED : { cols: screen.columns, rows: screen.rows }
  await using opened = await environment.openShell({
    target: instance.id,
    platform: instance.platform,
    ...(document === undefined ? {} : { document }),
    ...reasonOf(args),
    ...aboutOf(instance),
    size: size(),
    signal,
  })
  const over = new AbortController()
  const resize = (): void => opened.resize(size())
  screen?.on('resize', resize)
  try {
    using _ = keyboard === undefined ? undefined : enterRawMode(keyboard)
    const ending = printedUntil(opened.ended, [pour(opened.output, stdout), pour(opened.stderr, stderr)])
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
        ? typeScript(stdin, { shell: opened, platform: instance.platform, over: over.signal })
        : type(keyboard.keys(hasEscapes ? takeEscapes(actions) : undefined), opened)
    typed.catch(() => undefined)
    const { text } = await Promise.race([ending, left.promise, interrupted(signal)])
    if (text !== '') await stderr.write(wordLine(text))
    return 0
  } finally {
    over.abort()
    screen?.off('resize', resize)
  }
}
