// The one snapshot, and who hears of its changes.
//
// A subscriber gets the whole state at once, in its first event, and then what changes: never a gap, never an order to get
// wrong. Of forwards, terminals and instances only the values travel that have changed. Changes that come together are told
// together. Does not own what the state is made of.

import { isDeepStrictEqual } from 'node:util'
import type { EventName, Events } from '../../shared/api/events'
import { changeOf, forwardId, ownId, type IdOf, type SnapshotChange } from '../../shared/model/change'
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
  /** The state as it was told last. */
  #told: Snapshot
  /** Parts that travel whole and were set since. */
  #parts: SnapshotChange = {}
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(initial: Snapshot) {
    this.#state = initial
    this.#told = initial
  }

  /** The state now. */
  get state(): Snapshot {
    return this.#state
  }

  /** Replaces parts of the state, each whole. Values of lists that are equal to those before stay the same values. */
  set(change: Partial<Snapshot>): void {
    const { forwards, terminals, instances, ...parts } = change
    const before = this.#state
    this.#state = {
      ...before,
      ...parts,
      ...(forwards === undefined ? {} : { forwards: keptEqual(before.forwards, forwards, forwardId) }),
      ...(terminals === undefined ? {} : { terminals: keptEqual(before.terminals, terminals, ownId) }),
      ...(instances === undefined
        ? {}
        : { instances: { ...instances, items: keptEqual(before.instances.items, instances.items, ownId) } }),
    }
    if (this.#isOver) return
    this.#parts = { ...this.#parts, ...parts }
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

  /** Tells at once what is gathered: a window that has asked for a change sees it before the answer. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const change = { ...this.#parts, ...listChanges(this.#told, this.#state) }
    this.#parts = {}
    this.#told = this.#state
    if (Object.keys(change).length > 0) this.emit('snapshot.patch', change)
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }
}

/** `after`, with the values of `before` where they are equal; `before` itself where all of it is. */
function keptEqual<T>(before: readonly T[], after: readonly T[], idOf: IdOf<T>): readonly T[] {
  if (before === after) return before
  const earlier = new Map(before.map((value) => [idOf(value), value]))
  const kept = after.map((value) => {
    const same = earlier.get(idOf(value))
    return same !== undefined && isDeepStrictEqual(same, value) ? same : value
  })
  return kept.length === before.length && kept.every((value, index) => value === before[index]) ? before : kept
}

/** What has changed of the lists of a snapshot. */
function listChanges(before: Snapshot, after: Snapshot): SnapshotChange {
  const { forwards, terminals, instances } = after
  const { items, ...rest } = instances
  const isSameList = before.instances.generation === instances.generation
  return {
    ...(before.forwards === forwards ? {} : { forwards: changeOf(before.forwards, forwards, forwardId) }),
    ...(before.terminals === terminals ? {} : { terminals: changeOf(before.terminals, terminals, ownId) }),
    ...(before.instances === instances
      ? {}
      : { instances: { ...rest, items: changeOf(isSameList ? before.instances.items : [], items, ownId) } }),
  }
}
