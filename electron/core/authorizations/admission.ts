// Which local connections an authorization still allows: so many in all, and none after it has expired.
//
// Owns the count and the timer of the expiry. The holder asks it at each new connection; the sockets belong to the tunnel.

import type { Socket } from 'node:net'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import { momentWords } from '../../../shared/forecast'

/** The longest time that a timer takes. It would fire at once for a longer one. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Why an authorization allows nothing any more: a sentence. */
export interface Spent {
  readonly kind: 'expired' | 'used-up'
  readonly text: string
}

/** See above. Disposing stops the timer. */
export class Admission implements Disposable {
  readonly #limit: number | undefined
  readonly #expiresAt: number
  readonly #now: () => number
  readonly #spent = deferred<Spent>()
  readonly #open = new Set<Socket>()
  #timer: NodeJS.Timeout
  #used = 0

  /** `limit`: connections in all; undefined: any number. `expiresAt` and `now`: epoch ms. */
  constructor(options: { readonly limit: number | undefined; readonly expiresAt: number; readonly now: () => number }) {
    this.#limit = options.limit
    this.#expiresAt = options.expiresAt
    this.#now = options.now
    this.#timer = this.#timerOf(Math.max(0, options.expiresAt - options.now()))
  }

  /** Resolves when it has expired, or when all connections were used and the last of them has closed. */
  get spent(): Promise<Spent> {
    return this.#spent.promise
  }

  /** Counts `socket` and returns undefined, or returns the error of one that is refused: `connection-limit` or `authorization-refused`. */
  admit(socket: Socket): AppError | undefined {
    if (this.look()) return new AppError('authorization-refused', this.#expiredWords())
    const limit = this.#limit
    if (limit !== undefined && this.#used >= limit) {
      const text = `The authorization takes ${countWords(limit)} in all: one more was refused. Run culvert authorize again.`
      return new AppError('connection-limit', text)
    }
    this.#used += 1
    this.#open.add(socket)
    socket.once('close', () => this.#closed(socket))
    return undefined
  }

  /** Looks at the clock, also after a sleep, in which timers stand still. Returns whether it has expired. */
  look(): boolean {
    const leftMs = this.#expiresAt - this.#now()
    if (leftMs <= 0) {
      this.#spent.resolve({ kind: 'expired', text: this.#expiredWords() })
      return true
    }
    clearTimeout(this.#timer)
    this.#timer = this.#timerOf(leftMs)
    return false
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #timerOf(leftMs: number): NodeJS.Timeout {
    return setTimeout(() => this.look(), Math.min(leftMs, MAX_TIMER_MS))
  }

  #closed(socket: Socket): void {
    this.#open.delete(socket)
    if (this.#limit === undefined || this.#used < this.#limit || this.#open.size > 0) return
    const text = `The authorization took ${countWords(this.#limit)} in all, and the last one has closed.`
    this.#spent.resolve({ kind: 'used-up', text })
  }

  #expiredWords(): string {
    return `The authorization expired at ${momentWords(this.#expiresAt, this.#now())}. Run culvert authorize again.`
  }
}

function countWords(count: number): string {
  return count === 1 ? '1 connection' : `${count} connections`
}
