// culvert up, culvert down: a saved forward of the Culvert that runs on the data directory.
//
// Asks the running Culvert through the directory's socket and waits for the answer. Opens no environment and calls no AWS. The
// forward runs in the other process, also after this command has ended.

import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { shownName } from '../../../shared/foreigntext'
import { askRunning } from '../../core/lock/asking'
import { dataDirectoryPath } from '../../core/store/datadirectory'
import type { LocalCommand } from '../context'
import { interrupted } from '../life'

/** The answer of the running Culvert for a forward that is up. Source: core/control.ts. */
const upAnswer = z.object({ name: z.string(), localPort: z.number().int(), trouble: z.string().optional() })

/** Turns a forward on. Resolves once it is up, and fails as the forward does. */
export const up: LocalCommand = async ({ args, env, platform, stdout, signal }) => {
  const request = { forward: 'up', name: args.positional(0) }
  const answer = await Promise.race([askRunning(dataDirectoryPath(env, platform), request), interrupted(signal)])
  const parsed = upAnswer.safeParse(answer)
  if (!parsed.success) {
    throw new AppError('protocol', 'The running Culvert gave no sensible answer: use the same version as it.')
  }
  const { name, localPort, trouble } = parsed.data
  const but = trouble === undefined ? '' : `, but its ${shownName(trouble)}`
  await stdout.write(`${shownName(name)} is up on localhost:${String(localPort)}${but}\n`)
  return 0
}

/** Turns a forward off. Resolves once its port is free. */
export const down: LocalCommand = async ({ args, env, platform, stdout, signal }) => {
  const name = args.positional(0)
  const request = { forward: 'down', name }
  await Promise.race([askRunning(dataDirectoryPath(env, platform), request), interrupted(signal)])
  await stdout.write(`${shownName(name)} is off\n`)
  return 0
}
