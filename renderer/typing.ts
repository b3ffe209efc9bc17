// Sends text to one shell: in order, one request at a time; text typed meanwhile is collected for the next request.
//
// A shell that takes nothing for a while (a paused or resuming channel) delays its request. Without this queue each key press
// would be another request. Owns the waiting text.

import { headOf } from './text'

/** Longer text is sent in several requests: a pasted file must not fill one message. */
const WRITE_CHARACTERS = 16_384

/** The limit on waiting text: the largest sensible paste. Text beyond it is refused as a whole, never cut. */
const WAITING_CHARACTERS = 8_388_608

/** Sends typed text in order. */
export class Typing {
  readonly #send: (text: string) => Promise<unknown>
  #waiting = ''
  /** Includes the text being sent. */
  #waitingCharacters = 0
  #isSending = false

  /** `send` settles once the shell has room for more. If it rejects, the waiting text is dropped: it was typed blindly. */
  constructor(send: (text: string) => Promise<unknown>) {
    this.#send = send
  }

  /** Takes text; false if too much is waiting: then none of it was taken. */
  push(text: string): boolean {
    if (this.#waitingCharacters + text.length > WAITING_CHARACTERS) return false
    this.#waiting += text
    this.#waitingCharacters += text.length
    // `#drain` handles its own failures.
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
      // The failure is reported by the next snapshot, or by the banner if the Link is lost.
      this.#waiting = ''
      this.#waitingCharacters = 0
    } finally {
      this.#isSending = false
    }
  }
}
