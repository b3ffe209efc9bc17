// culvert exec in a container: one command, and its exit status.
//
// ExecuteCommand gives the command a pseudoterminal as root, merges the two outputs and reports no exit code. The command therefore runs
// behind a small sh, with a pipe for its output and no input, as on an instance; the status comes by a sentinel (quoting.ts). pty.ts
// gives back the line breaks of the command.

import { AppError } from '../../../shared/errors'
import { execOf } from '../../core/environments/execof'
import type { FoundHost } from '../../core/environments/finding'
import { isNoProgram } from '../../core/environments/noprogram'
import { REASON_NOTE } from '../../core/sessions/request/exec'
import { openCaptured } from '../captured'
import { aboutOf, printedUntil, reasonOf, wishOf, type CommandContext } from '../context'
import { interrupted } from '../life'
import { onHost } from '../onhost'
import { PtyLines } from '../pty'
import { makeSentinel, wrapInContainer } from '../quoting'
import { SentinelFilter } from '../sentinel'
import { foreignWords, wordLine } from '../text'

/** The last output is kept up to this, to say why a command has not run. */
const MAX_LAST = 500

/** The error for a command whose status never came. `last`: the end of the output, or what the service said. */
export function containerEnd(last: string, name: string): AppError {
  if (isNoProgram(last)) {
    return new AppError(
      'exec-blocked',
      `The image of ${name} has no sh, which exec needs: run a program of the image by culvert shell TARGET --command PROGRAM.`,
    )
  }
  const said = last.trim() === '' ? '' : ` (${foreignWords(last, MAX_LAST)})`
  return new AppError(
    'session-ended',
    `The session ended without the command's exit status${said}: its container may have stopped, so run it again.`,
  )
}

/** The error of a session whose command the agent could not start; any other as it is. */
function startError(error: unknown, name: string): unknown {
  const isStart = error instanceof AppError && error.code === 'session-ended' && isNoProgram(error.message)
  return isStart ? containerEnd(error.message, name) : error
}

/** Runs the words behind `--` in a container and answers with their status. */
export async function execInContainer(context: CommandContext): Promise<number> {
  const { environment, args, stderr } = context
  if (args.value('document') !== undefined) throw args.usage('a container takes no --document: leave it out')
  const sentinel = makeSentinel()
  const filter = new SentinelFilter(sentinel)
  const lines = new PtyLines()
  const open = async (found: FoundHost) => {
    const { instance } = found
    const exec = execOf(found, environment, wrapInContainer(args.rest, sentinel))
    if (exec === undefined) {
      const text = `${instance.id} may not be described (ecs:DescribeTasks), so its container has no name: use culvert shell.`
      throw new AppError('access-denied', text)
    }
    const about = aboutOf(instance, { type: 'command' })
    const what = { kind: 'container', target: instance.id, targetName: instance.name } as const
    const opened = await openCaptured(context, what, ({ signal, onResuming }) =>
      environment
        .openShell({ target: instance.id, exec, ...reasonOf(args), ...about, signal, onResuming })
        .catch((error: unknown) => {
          throw startError(error, instance.name)
        }),
    )
    return { ...opened, name: instance.name }
  }
  if (args.value('reason') !== undefined) await stderr.write(wordLine(REASON_NOTE))
  const { session, captured, name } = await onHost({ ...context, text: args.positional(0), wish: wishOf(args) }, open)
  const { stdout, signal } = captured
  await using _captured = captured
  await using _session = session
  let last = ''
  const print = async (): Promise<void> => {
    for await (const chunk of session.output) {
      if (!(chunk instanceof Uint8Array)) continue
      const bytes = filter.push(lines.push(chunk))
      last = `${last}${bytes.toString('latin1')}`.slice(-MAX_LAST)
      await stdout.write(bytes)
    }
  }
  const { text } = await Promise.race([printedUntil(session.ended, [print()]), interrupted(signal)]).catch(
    (error: unknown) => {
      throw startError(error, name)
    },
  )
  if (filter.status === undefined) throw containerEnd(`${last} ${text}`, name)
  return filter.status
}
