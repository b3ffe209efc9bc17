// Reads of the profiles of the AWS files, one after the other. Files that cannot be read are a notice, until they can.

import { toWireError } from '../../shared/errors'
import type { ProfileChoice } from '../../shared/model/environment'
import { Queue } from './async/queue'
import type { Notices } from './notices'
import type { Publisher } from './publisher'

/** Returns what reads the profiles and shows them. It never rejects. */
export function readsOfProfiles({
  list,
  publisher,
  notices,
}: {
  readonly list: () => Promise<readonly ProfileChoice[]>
  readonly publisher: Publisher
  readonly notices: Notices
}): () => Promise<void> {
  const reads = new Queue()
  return () =>
    reads.run(async () => {
      const problem = await list().then(
        (profiles) => publisher.set({ profiles }),
        (error: unknown) => toWireError(error).message,
      )
      notices.standProblem('profiles', 'The AWS profiles could not be read.', problem ?? undefined)
    })
}
