// culvert shell: a terminal of an instance on stdin and stdout. See attach.ts.

import { aboutOf, documentOf, reasonOf, wishOf, type Command } from '../context'
import { attach, escapesFrom, screenSize } from '../attach'
import { wordLine } from '../text'

/** Opens a shell and exits with 0 when it has ended. The service's message about the end, if any, goes to stderr. */
export const shell: Command = async (context) => {
  const { environment, args, stderr, screen, signal } = context
  const { document } = documentOf(args)
  const wish = wishOf(args)
  const hasEscapes = escapesFrom(args.value('escape'))
  const instance = await environment.resolveTarget(args.positional(0), signal, wish)
  await using opened = await environment.openShell({
    target: instance.id,
    platform: instance.platform,
    ...(document === undefined ? {} : { document }),
    ...reasonOf(args),
    ...aboutOf(instance),
    size: screenSize(screen),
    signal,
  })
  const text = await attach(opened, { ...context, platform: instance.platform, hasEscapes })
  if (text !== '') await stderr.write(wordLine(text))
  return 0
}
