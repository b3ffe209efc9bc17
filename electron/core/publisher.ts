// Holds the snapshot and tells subscribers of its changes.
//
// A subscriber gets the whole state in its first event and each change after that, so it misses nothing and has no order to get wrong.
// Of forwards, terminals, instances and containers only the values that have changed are told. Changes within 16 ms are told in one event.

import { isDeepStrictEqual } from 'node:util'
import type { EventName, Events } from '../../shared/api/events'
import { changeOf, changeOfItems, forwardId, ownId, type IdOf, type SnapshotChange } from '../../shared/model/change'
import type { Snapshot } from '../../shared/model/snapshot'

/** A window draws 60 times a second at most. */
const GATHER_MS = 16

/** The window id of the door's own process, which has no window. */
export const DOOR = 'door'

/** Called with every event of the core. Must not throw. */
export type EventListener = <N extends EventName>(name: N, event: Events[N]) => void

/** Holds the state and publishes it. Disposing removes all listeners. */
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

  /** Replaces parts of the state. A list value that equals the earlier one of its id keeps the earlier object. */
  set(change: Partial<Snapshot>): void {
    const { forwards, terminals, instances, containers, ...parts } = change
    const before = this.#state
    this.#state = {
      ...before,
      ...parts,
      ...(forwards === undefined ? {} : { forwards: keptEqual(before.forwards, forwards, forwardId) }),
      ...(terminals === undefined ? {} : { terminals: keptEqual(before.terminals, terminals, ownId) }),
      ...(instances === undefined
        ? {}
        : { instances: { ...instances, items: keptEqual(before.instances.items, instances.items, ownId) } }),
      ...(containers === undefined
        ? {}
        : { containers: { ...containers, items: keptEqual(before.containers.items, containers.items, ownId) } }),
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
    // Gathered changes go to the earlier subscribers first: the new one has them in its snapshot.
    this.flush()
    this.#listeners.add(listener)
    listener('snapshot', { ...this.#state, windowId })
    return () => this.#listeners.delete(listener)
  }

  /** Tells gathered changes now. Called before each answer, so that a window sees the change that it asked for first. */
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

/** Returns `after` with equal values replaced by those of `before`, or `before` itself where nothing differs. */
function keptEqual<T>(before: readonly T[], after: readonly T[], idOf: IdOf<T>): readonly T[] {
  if (before === after) return before
  const earlier = new Map(before.map((value) => [idOf(value), value]))
  const kept = after.map((value) => {
    const same = earlier.get(idOf(value))
    return same !== undefined && isDeepStrictEqual(same, value) ? same : value
  })
  return kept.length === before.length && kept.every((value, index) => value === before[index]) ? before : kept
}

/** The changes of the lists of a snapshot. */
function listChanges(before: Snapshot, after: Snapshot): SnapshotChange {
  const { forwards, terminals, instances, containers } = after
  return {
    ...(before.forwards === forwards ? {} : { forwards: changeOf(before.forwards, forwards, forwardId) }),
    ...(before.terminals === terminals ? {} : { terminals: changeOf(before.terminals, terminals, ownId) }),
    ...(before.instances === instances
      ? {}
      : { instances: { ...instances, items: changeOfItems(before.instances, instances) } }),
    ...(before.containers === containers
      ? {}
      : { containers: { ...containers, items: changeOfItems(before.containers, containers) } }),
  }
}
