// culvert exec: one command on an instance, and its exit status.
//
// The stock document merges stderr into stdout, sends it when the command has ended, and reports no exit code: that comes
// by a sentinel (quoting.ts, sentinel.ts). A --document with separateOutputStream streams both and reports the code
// itself; then the words go to it quoted and otherwise as they are.

import { AppError } from '../../../shared/errors'
import type { Instance } from '../../../shared/model/instance'
import type { Shell } from '../../core/sessions/shell'
import { aboutOf, pour, printedUntil, reasonOf, type Command, type CommandContext } from '../context'
import { interrupted } from '../life'
import { parseParameters } from '../parameters'
import { makeSentinel, quoteWords, wrapCommand } from '../quoting'
import { SentinelFilter } from '../sentinel'
import { foreignWords } from '../text'

const STOCK_DOCUMENT = 'AWS-StartNonInteractiveCommand'

/** The service's words are cut to this, so that the advice after them stays visible. */
const MAX_SAID = 500

/** Exit statuses are a byte; a killed command is reported as -1 and Windows knows larger ones. Neither may become 0. */
function asStatus(exitCode: number): number {
  return exitCode >= 0 && exitCode <= 255 ? exitCode : 255
}

function open(context: CommandContext, instance: Instance, command: string): Promise<Shell> {
  const { environment, args, signal } = context
  return environment.openShell({
    target: instance.id,
    document: {
      name: args.value('document') ?? STOCK_DOCUMENT,
      parameters: { command: [command], ...parseParameters(args) },
    },
    ...reasonOf(args),
    ...aboutOf(instance, { type: 'command' }),
    signal,
  })
}

/**
 * The error for a command whose exit status never came, with the service's words. On macOS the document may be the cause: an agent
 * there runs the commands for `macos`. Source: amazon-ssm-agent agent/session/contracts/model.go, ShellProperties.
 */
export function unknownEnd(text: string, platform: Instance['platform'], document: string): AppError {
  const said = text === '' ? '' : ` (${foreignWords(text, MAX_SAID)})`
  const start = `The session ended without the command's exit status${said}:`
  if (platform !== 'macos') {
    return new AppError('session-ended', `${start} the output may be incomplete, so run it again.`)
  }
  return new AppError(
    'session-ended',
    `${start} on macOS only a document with commands for macos runs any. See whether MacOS is among the PlatformTypes of ` +
      `${document}, and give another --document where it is not.`,
    // A name that a shell would take apart is none of AWS's.
    /^[\w.:/-]+$/.test(document)
      ? { command: `aws ssm describe-document --name ${document} --query Document.PlatformTypes` }
      : {},
  )
}

async function runStock(context: CommandContext, instance: Instance): Promise<number> {
  const { args, stdout, stderr, signal } = context
  if (instance.platform === 'windows') {
    throw new AppError(
      'usage',
      `exec needs sh on the instance, and ${instance.name || instance.id} runs Windows: use culvert shell, or a ` +
        '--document that reports exit codes.',
    )
  }
  const sentinel = makeSentinel()
  const filter = new SentinelFilter(sentinel)
  await using session = await open(context, instance, wrapCommand(args.rest, sentinel))
  const print = async (): Promise<void> => {
    for await (const chunk of session.output) {
      if (chunk instanceof Uint8Array) await stdout.write(filter.push(chunk))
    }
  }
  const ending = printedUntil(session.ended, [print(), pour(session.stderr, stderr)])
  const { text } = await Promise.race([ending, interrupted(signal)])
  if (filter.status === undefined) throw unknownEnd(text, instance.platform, STOCK_DOCUMENT)
  return filter.status
}

async function runWithDocument(context: CommandContext, instance: Instance): Promise<number> {
  const { args, stdout, stderr, signal } = context
  await using session = await open(context, instance, quoteWords(args.rest))
  const ending = printedUntil(session.ended, [pour(session.output, stdout), pour(session.stderr, stderr)])
  const { text, exitCode } = await Promise.race([ending, interrupted(signal)])
  if (exitCode === undefined) throw unknownEnd(text, instance.platform, args.value('document') ?? STOCK_DOCUMENT)
  return asStatus(exitCode)
}

/** Runs the words behind `--` and exits with their status. */
export const exec: Command = async (context) => {
  const { environment, args, signal } = context
  // Refused before AWS is called.
  parseParameters(args)
  const instance = await environment.resolveTarget(args.positional(0), signal)
  return args.value('document') === undefined ? runStock(context, instance) : runWithDocument(context, instance)
}
