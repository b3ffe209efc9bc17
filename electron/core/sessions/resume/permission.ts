// Whether an environment's caller may resume its sessions, as far as its calls have shown it.
//
// Shared by the sessions of one environment. A denied resume of one session keeps the others from trying theirs ahead.

import { asAppError } from '../../../../shared/errors'
import { isDenied } from './ahead'

/** What is known of the permission to call ResumeSession. */
export class ResumePermission {
  #isDenied = false

  /** Whether the newest answer was a denial. */
  get isDenied(): boolean {
    return this.#isDenied
  }

  /** Calls ResumeSession and remembers a denial, or that there is none. Other failures show nothing. */
  async watch<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call()
      this.#isDenied = false
      return answer
    } catch (error) {
      if (isDenied(asAppError(error))) this.#isDenied = true
      throw error
    }
  }
}
