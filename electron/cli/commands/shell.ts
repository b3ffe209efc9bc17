// culvert shell: a terminal of an instance, or of a container, on stdin and stdout. See attach.ts.

import { AppError } from '../../../shared/errors'
import { aboutOf, documentOf, reasonOf, wishOf, type Command } from '../context'
import { attach, escapesFrom, screenSize } from '../attach'
import { openCaptured, type CapturedSession } from '../captured'
import { savedDocument } from '../../core/authorizations/fromtarget'
import { execOf } from '../../core/environments/execof'
import type { FoundHost } from '../../core/environments/finding'
import { noProgramError } from '../../core/environments/noprogram'
import { REASON_NOTE } from '../../core/sessions/request/exec'
import { startDuration } from '../duration'
import { onHost } from '../onhost'
import { wordLine } from '../text'

/** Opens a shell and exits with 0 when it has ended. The service's message about the end, if any, goes to stderr. */
export const shell: Command = async (context) => {
  const { environment, args, stderr, screen } = context
  const { document } = documentOf(args)
  const wish = wishOf(args)
  const hasEscapes = escapesFrom(args.value('escape'))
  const command = args.value('command')
  const open = async (found: FoundHost) => {
    const { instance, saved } = found
    const exec = execOf(found, environment, command)
    if (exec === undefined && command !== undefined) {
      throw args.usage('--command is for containers (ecs:…): use culvert exec for a command on an instance')
    }
    if (exec !== undefined && args.value('reason') !== undefined) await stderr.write(wordLine(REASON_NOTE))
    const own = document ?? savedDocument(saved, 'shell')
    const kind = exec === undefined ? 'shell' : 'container'
    const what: CapturedSession = { kind, target: instance.id, targetName: instance.name }
    const opened = await openCaptured(context, what, (captured) =>
      environment.openShell({
        target: instance.id,
        platform: instance.platform,
        ...(own === undefined ? {} : { document: own }),
        ...(exec === undefined ? {} : { exec }),
        ...reasonOf(args),
        ...aboutOf(instance),
        size: screenSize(screen),
        signal: captured.signal,
        onResuming: captured.onResuming,
      }),
    ).catch((error: unknown) => {
      // The session may have ended before it was open, or as the first thing afterwards: see below.
      const said = error instanceof AppError && exec !== undefined ? error.message : ''
      throw noProgramError(said, exec?.command ?? '', instance.name) ?? error
    })
    return { ...opened, saved, instance, exec }
  }
  const { session, captured, saved, instance, exec } = await onHost(
    { ...context, text: args.positional(0), wish },
    open,
  )
  await using _captured = captured
  await using _session = session
  using duration = startDuration(saved, 'the shell')
  const text = await attach(session, {
    ...context,
    ...captured,
    platform: instance.platform,
    hasEscapes,
    passed: duration.passed,
  })
  const missing = exec === undefined ? undefined : noProgramError(text, exec.command, instance.name)
  if (missing !== undefined) throw missing
  if (text !== '') await stderr.write(wordLine(text))
  return 0
}
