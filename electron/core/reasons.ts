// The reasons that a person has given for sessions: one for each environment, remembered until Culvert ends.
//
// A session that needs a reason waits for the question. Sessions of one environment share it.

import { environmentId } from '../../shared/environmentsettings'
import { unlessAborted } from './async/aborting'
import type { AskReason } from './environments/open'
import type { Questions } from './questions'

/** The reasons of this run. */
export class Reasons {
  readonly #questions: Pick<Questions, 'ask'>
  readonly #given = new Map<string, string>()

  constructor(questions: Pick<Questions, 'ask'>) {
    this.#questions = questions
  }

  /** The reason for an environment, asked for where none was given yet. Rejects with `usage` when the question is dismissed. */
  readonly get: AskReason = async ({ name, region }, signal) => {
    const id = environmentId(name, region)
    const known = this.#given.get(id)
    if (known !== undefined) return known
    const asked = this.#questions.ask({ kind: 'reason', environment: name, region }).then((given) => {
      // Also where the session that asked was given up meanwhile.
      this.#given.set(id, given)
      return given
    })
    return unlessAborted(asked, signal)
  }
}
