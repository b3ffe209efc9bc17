// culvert exec: one command on an instance, and its exit status.
//
// The stock document merges stderr into stdout, sends it when the command has ended, and reports no exit code: that comes
// by a sentinel (quoting.ts, sentinel.ts). A --document with separateOutputStream streams both and reports the code
// itself; then the words go to it quoted and otherwise as they are.

import { isEcsText } from '../../../shared/ecstarget'
import { AppError } from '../../../shared/errors'
import type { Instance } from '../../../shared/model/instance'
import type { FoundHost } from '../../core/environments/finding'
import type { Shell } from '../../core/sessions/shell'
import { aboutOf, pour, printedUntil, reasonOf, wishOf, type Command, type CommandContext } from '../context'
import { openCaptured, type CapturedOutput } from '../captured'
import { startDuration } from '../duration'
import { interrupted } from '../life'
import { onHost } from '../onhost'
import { parseParameters } from '../parameters'
import { execInContainer } from './execcontainer'
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

interface Opened {
  readonly session: Shell
  readonly captured: CapturedOutput
}

function open(context: CommandContext, instance: Instance, command: string): Promise<Opened> {
  const { environment, args } = context
  const what = { kind: 'exec', target: instance.id, targetName: instance.name } as const
  return openCaptured(context, what, ({ signal, onResuming }) =>
    environment.openShell({
      target: instance.id,
      document: {
        name: args.value('document') ?? STOCK_DOCUMENT,
        parameters: { command: [command], ...parseParameters(args) },
      },
      ...reasonOf(args),
      ...aboutOf(instance, { type: 'command' }),
      signal,
      onResuming,
    }),
  )
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

/** Opens the session on a host of the TARGET. */
async function openOn(
  context: CommandContext,
  commandFor: (instance: Instance) => string,
): Promise<Opened & { readonly found: FoundHost }> {
  const { args } = context
  const wish = wishOf(args)
  return onHost({ ...context, text: args.positional(0), wish }, async (found) => ({
    ...(await open(context, found.instance, commandFor(found.instance))),
    found,
  }))
}

async function runStock(context: CommandContext): Promise<number> {
  const { args } = context
  const sentinel = makeSentinel()
  const filter = new SentinelFilter(sentinel)
  const { session, captured, found } = await openOn(context, (instance) => {
    if (instance.platform !== 'windows') return wrapCommand(args.rest, sentinel)
    throw new AppError(
      'usage',
      `exec needs sh on the instance, and ${instance.name || instance.id} runs Windows: use culvert shell, or a ` +
        '--document that reports exit codes.',
    )
  })
  const { stdout, stderr, signal } = captured
  await using _captured = captured
  await using _session = session
  using duration = startDuration(found.saved, 'the command')
  const print = async (): Promise<void> => {
    for await (const chunk of session.output) {
      if (chunk instanceof Uint8Array) await stdout.write(filter.push(chunk))
    }
  }
  const ending = printedUntil(session.ended, [print(), pour(session.stderr, stderr)])
  const { text } = await Promise.race([ending, interrupted(signal), duration.exceeded])
  if (filter.status === undefined) throw unknownEnd(text, found.instance.platform, STOCK_DOCUMENT)
  return filter.status
}

async function runWithDocument(context: CommandContext): Promise<number> {
  const { args } = context
  const { session, captured, found } = await openOn(context, () => quoteWords(args.rest))
  const { stdout, stderr, signal } = captured
  await using _captured = captured
  await using _session = session
  using duration = startDuration(found.saved, 'the command')
  const ending = printedUntil(session.ended, [pour(session.output, stdout), pour(session.stderr, stderr)])
  const { text, exitCode } = await Promise.race([ending, interrupted(signal), duration.exceeded])
  if (exitCode === undefined) throw unknownEnd(text, found.instance.platform, args.value('document') ?? STOCK_DOCUMENT)
  return asStatus(exitCode)
}

/** Runs the words behind `--` and exits with their status. */
export const exec: Command = async (context) => {
  const { args } = context
  // Refused before AWS is called.
  parseParameters(args)
  if (isEcsText(args.positional(0))) return execInContainer(context)
  return args.value('document') === undefined ? runStock(context) : runWithDocument(context)
}
