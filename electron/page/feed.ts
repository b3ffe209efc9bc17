// What one page is told of the core: the whole state, then every event, and no more than the page takes. For both Links.
//
//   following --more unread than allowed--> behind --everything taken--> following anew, the whole state first
//
// Neither Electron nor a socket says no: what a page does not take would fill the core's process. So a page says what it has
// taken, and one that is behind is told nothing until it has caught up. The message that is on its way counts apart from those
// that wait behind it: a snapshot larger than the limit is sent once, and what follows it has the whole limit to itself. So
// unread is at most the limit and one message. Owns the subscription. Does not own how messages travel (window/link.ts, web/link.ts).

import type { EventMessage } from '../../shared/api'
import type { Client } from '../core/core'

/** How much may wait behind the message that is on its way. In characters, nearly all of which are bytes. */
const MAX_WAITING = 16 * 1_024 * 1_024

/** Sends a message to its page: `text` is an `EventMessage` as JSON, `sequence` counts from 1 and is given to `taken` later. */
export type Carry = (text: string, sequence: number) => void

/** Tells one page until it is disposed of. */
export class Feed implements Disposable {
  readonly #core: Pick<Client, 'subscribe'>
  readonly #carry: Carry
  readonly #maxWaiting: number
  #sequence = 0
  /** Sent and not taken yet, oldest first. */
  readonly #unread: { readonly sequence: number; readonly size: number }[] = []
  /** Of `#unread`, all but the oldest. */
  #waitingSize = 0
  #isFollowing = false
  #isDisposed = false
  #unsubscribe: () => void = () => undefined

  constructor(core: Pick<Client, 'subscribe'>, carry: Carry, maxWaiting = MAX_WAITING) {
    this.#core = core
    this.#carry = carry
    this.#maxWaiting = maxWaiting
  }

  /** Begins, with the whole state. Called once. */
  follow(): void {
    this.#isFollowing = true
    const unsubscribe = this.#core.subscribe((event, value) => this.#tell({ event, value }))
    // The first event comes before there is anything to unsubscribe.
    if (this.#isFollowing) this.#unsubscribe = unsubscribe
    else unsubscribe()
  }

  /** The page has taken every message up to this one. */
  taken(sequence: number): void {
    for (let first = this.#unread[0]; first !== undefined && first.sequence <= sequence; first = this.#unread[0]) {
      this.#unread.shift()
      this.#waitingSize -= this.#unread[0]?.size ?? 0
    }
    if (this.#unread.length === 0 && !this.#isFollowing && !this.#isDisposed) this.follow()
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#stop()
  }

  #stop(): void {
    this.#isFollowing = false
    this.#unsubscribe()
    this.#unsubscribe = () => undefined
  }

  #tell(message: EventMessage): void {
    if (!this.#isFollowing) return
    const text = JSON.stringify(message)
    const isAlone = this.#unread.length === 0
    if (!isAlone && this.#waitingSize + text.length > this.#maxWaiting) {
      // Not sent: the whole state comes instead of it.
      this.#stop()
      return
    }
    this.#sequence += 1
    this.#unread.push({ sequence: this.#sequence, size: text.length })
    if (!isAlone) this.#waitingSize += text.length
    this.#carry(text, this.#sequence)
  }
}
