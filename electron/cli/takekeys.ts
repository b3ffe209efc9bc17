// Lets a command that runs for long take new keys: `culvert credentials --pid N` sends them to a socket of this process.

import { AppError, asError } from '../../shared/errors'
import { handOverRequest, takeHandedKeys } from '../core/handed'
import { openProcessSocket } from '../core/lock/processsocket'
import type { CommandContext } from './context'
import { wordLine } from './text'

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() }

/**
 * Opens the socket until it is disposed. A command whose socket cannot be opened runs all the same, and says so. The Demo takes no keys
 * and gets none.
 */
export async function takeKeys(
  door: string,
  { environment, stderr, signal }: Pick<CommandContext, 'environment' | 'stderr' | 'signal'>,
): Promise<AsyncDisposable> {
  if (environment.isDemo) return nothing
  try {
    return await openProcessSocket({ pid: process.pid, door, startedAt: Date.now() }, async (request) => {
      const parsed = handOverRequest.safeParse(request)
      if (!parsed.success)
        throw new AppError('usage', `This culvert ${door} takes only credentials. Use the same version.`)
      const { credentials, environment: wanted } = parsed.data
      const answer = await takeHandedKeys(credentials, { open: [environment], environment: wanted, signal })
      await stderr.write(wordLine(`New credentials were handed over, of ${answer.arn}.`))
      return answer
    })
  } catch (error) {
    await stderr.write(wordLine(`New credentials cannot be handed over to this command. ${asError(error).message}`))
    return nothing
  }
}
