// A second socket of an open channel, which has to prove itself while the attached one goes on.
//
//   offered --the agent answers over it, or the attached socket is lost--> taken
//      |------- no answer within `proveMs` ----> silent: the owner takes it over or withdraws it
//      |------- closed by the service ---------> closed
//
// The service answers an open message with nothing, so the agent is asked: an old message is sent again over this socket, which the
// agent acknowledges again (specification §14 d). Owns the timers of the proof. connection.ts owns the socket.

import { deferred } from '../../../shared/deferred'
import type { Wire } from './wire'

// As often as on a resumed socket: the agent may have been offline when it was asked.
const ASK_AGAIN_MS = 3_000

/** How the proof of a second socket ended. */
export type Offered = 'taken' | 'silent' | 'closed'

/** How a second socket proves itself. */
export interface OfferOptions {
  /** How long the agent may take to answer. */
  readonly proveMs: number
  /** Sends an old message over the second socket. */
  readonly ask: () => void
}

/** A socket under proof. Call `end` when it is over. */
export class Candidate {
  readonly wire: Wire
  readonly #outcome = deferred<Offered>()
  readonly #deadline: NodeJS.Timeout
  readonly #asking: NodeJS.Timeout

  /** The open message was sent on `wire`. The caller asks for the first time. */
  constructor(wire: Wire, { proveMs, ask }: OfferOptions) {
    this.wire = wire
    this.#deadline = setTimeout(() => this.end('silent'), proveMs)
    this.#asking = setInterval(ask, ASK_AGAIN_MS)
  }

  /** Resolves with the end of the proof. Never rejects. */
  get outcome(): Promise<Offered> {
    return this.#outcome.promise
  }

  /** Ends the proof. The first end counts. */
  end(outcome: Offered): void {
    clearTimeout(this.#deadline)
    clearInterval(this.#asking)
    this.#outcome.resolve(outcome)
  }
}
