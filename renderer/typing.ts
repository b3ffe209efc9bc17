// Text on its way into one shell: in order, one request at a time, what is typed meanwhile gathered for the next.
//
// A shell that takes nothing for a while (a paused or resuming channel) keeps its request waiting; without this each key
// would be one more. Owns what waits.

import { headOf } from './text'

/** Text longer than this goes in several requests: a pasted file must not fill one message. */
const WRITE_CHARACTERS = 16_384

/** The most text that waits: the largest sensible paste. Text beyond it is refused as a whole, never cut. */
const WAITING_CHARACTERS = 8_388_608

/** Sends typed text in order. */
export class Typing {
  readonly #send: (text: string) => Promise<unknown>
  #waiting = ''
  /** With what is being sent. */
  #waitingCharacters = 0
  #isSending = false

  /** `send` settles once the shell has room for more. When it rejects, what waits is dropped: it was typed blindly. */
  constructor(send: (text: string) => Promise<unknown>) {
    this.#send = send
  }

  /** Takes text; false when too much waits already and nothing of it was taken. */
  push(text: string): boolean {
    if (this.#waitingCharacters + text.length > WAITING_CHARACTERS) return false
    this.#waiting += text
    this.#waitingCharacters += text.length
    // `#drain` answers for its failures itself.
    if (!this.#isSending) void this.#drain()
    return true
  }

  async #drain(): Promise<void> {
    this.#isSending = true
    try {
      while (this.#waiting !== '') {
        const next = headOf(this.#waiting, WRITE_CHARACTERS)
        this.#waiting = this.#waiting.slice(next.length)
        await this.#send(next)
        this.#waitingCharacters -= next.length
      }
    } catch {
      // Told by the next snapshot, or by the banner when the Link is lost.
      this.#waiting = ''
      this.#waitingCharacters = 0
    } finally {
      this.#isSending = false
    }
  }
}
