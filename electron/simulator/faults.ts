// What a test may do to a session that runs: the faults of specification §13 S7.
//
// Here now: the cut of the client's socket and the absence of the agent (S8). Half-open sockets, latency, loss,
// duplication, reordering and corrupted frames of S7, and S16's clock, belong here when they are built: a fault that acts
// on frames goes between a leg and its relay.

import type { Cut } from './leg'
import type { Relay } from './relay'

/**
 * Cuts the client's socket: close code 1000 "Bye", a TCP reset, or the end of the stream without a close frame.
 * `undefined` is a session that has ended: nothing happens.
 */
export function cutClient(relay: Relay | undefined, how: Cut): void {
  relay?.cut(how)
}

/** Takes the agent's leg away (true) or brings it back (false). */
export function loseAgent(relay: Relay | undefined, isLost: boolean): void {
  relay?.setAgentPresent(!isLost)
}
