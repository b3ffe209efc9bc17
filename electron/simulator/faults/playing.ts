// Plays a script: each step at its time, one script at a time.

import { deferred, type Deferred } from '../../../shared/deferred'
import type { FaultOrder, FaultScript } from './orders'

/** Plays scripts. Owns their timers: `stop` it at the end. */
export class Player {
  readonly #steps = new Set<NodeJS.Timeout>()
  #played: Deferred<void> | undefined

  /** Calls `act` with each order at its time. A script that plays already is stopped. Resolves after the last step, or when stopped. */
  play(steps: FaultScript['steps'], act: (order: FaultOrder) => void): Promise<void> {
    this.stop()
    const played = deferred()
    this.#played = played
    let left = steps.length
    if (left === 0) played.resolve()
    for (const { atMs, order } of steps) {
      const timer = setTimeout(() => {
        this.#steps.delete(timer)
        act(order)
        left -= 1
        if (left === 0) played.resolve()
      }, atMs)
      this.#steps.add(timer)
    }
    return played.promise
  }

  /** Stops a script that plays. Its steps so far keep their effect. */
  stop(): void {
    for (const timer of this.#steps) clearTimeout(timer)
    this.#steps.clear()
    this.#played?.resolve()
  }
}
