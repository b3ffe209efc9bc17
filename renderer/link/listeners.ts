// The event listeners of a Link, used by both kinds of Link.

import { isEventName, type EventName, type Events } from '../../shared/api/events'
import { isEvent } from './answers'

type Sets = { readonly [N in EventName]: Set<(event: Events[N]) => void> }

/** The listeners of one Link. */
export class Listeners {
  readonly #sets: Sets = {
    snapshot: new Set(),
    'snapshot.patch': new Set(),
    'terminal.output': new Set(),
    'journal.entry': new Set(),
  }

  /** Adds a listener; returns its removal. */
  add<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    const listeners: Set<(event: Events[N]) => void> = this.#sets[name]
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Calls the listeners of an event. Unknown names and values of an unexpected shape are dropped. */
  tell(name: unknown, value: unknown): void {
    if (isEventName(name) && isEvent(name, value)) this.#emit(name, value)
  }

  #emit<N extends EventName>(name: N, event: Events[N]): void {
    const listeners: Set<(event: Events[N]) => void> = this.#sets[name]
    for (const listener of listeners) listener(event)
  }
}
