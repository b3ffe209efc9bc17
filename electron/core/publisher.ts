// The one snapshot, and who hears of its changes.
//
// A subscriber gets the whole state at once, in its first event, and then the parts that change: never a gap, never an
// order to get wrong. Changes that come together are told together. Does not own what the state is made of.

import type { EventName, Events } from '../../shared/api/events'
import type { Snapshot } from '../../shared/model/snapshot'

/** Sixty times a second is as often as a window can show anything. */
const GATHER_MS = 16

/** What `heldBy` calls an asker that is no window: this process itself. */
export const DOOR = 'door'

/** Hears every event of the core. Must not throw. */
export type EventListener = <N extends EventName>(name: N, event: Events[N]) => void

/** Holds the state and tells it. Disposing forgets all listeners. */
export class Publisher implements Disposable {
  readonly #listeners = new Set<EventListener>()
  #state: Snapshot
  #changes: Partial<Snapshot> = {}
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(initial: Snapshot) {
    this.#state = initial
  }

  /** The state now. */
  get state(): Snapshot {
    return this.#state
  }

  /** Replaces parts of the state, each whole. */
  set(change: Partial<Snapshot>): void {
    this.#state = { ...this.#state, ...change }
    if (this.#isOver) return
    this.#changes = { ...this.#changes, ...change }
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS)
  }

  /** Tells an event that is no part of the state. */
  emit: EventListener = (name, event) => {
    for (const listener of this.#listeners) listener(name, event)
  }

  /** Calls a window's `listener` with the whole state now, and with all events from then on; returns the unsubscribe. */
  subscribe(listener: EventListener, windowId = DOOR): () => void {
    // What is gathered belongs to those who were here before; the newcomer has it in its snapshot.
    this.flush()
    this.#listeners.add(listener)
    listener('snapshot', { ...this.#state, windowId })
    return () => this.#listeners.delete(listener)
  }

  /** Tells at once what is gathered: whoever has asked for a change sees it before the answer. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const changes = this.#changes
    if (Object.keys(changes).length === 0) return
    this.#changes = {}
    this.emit('snapshot.patch', changes)
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }
}
