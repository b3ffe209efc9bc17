// Cuts the list of instances into pieces for one page. The first piece is part of the snapshot.
//
// Each piece is the difference between the list that the page has and the list of the core, cut after 500 instances. A list that changes
// while pieces are on their way needs no special case: the next piece is computed from the list that the page has by then. With the
// first piece of another generation the page drops the earlier list. feed.ts decides when a piece is sent.

import { changedInstances, changeOf, ownId, type InstancesChange } from '../../shared/model/change'
import type { InstanceList } from '../../shared/model/instance'

/** With 20 to 30 tags each about 0.5 to 1 MB of JSON, which a page parses in some 10 ms. */
const PIECE_INSTANCES = 500

/** The instances that one page has, and those that it should have. */
export class InstancePages {
  #wanted: InstanceList
  #told: InstanceList

  /** The page has no instances yet. */
  constructor(list: InstanceList) {
    this.#wanted = list
    this.#told = { ...list, items: [] }
  }

  /** Whether the page has all of them. */
  get isWhole(): boolean {
    return this.#told.total === undefined
  }

  /** The list with its first instances, for a snapshot. */
  first(): InstanceList {
    this.next()
    return this.#told
  }

  /** Takes a change of the list; returns the piece to send now. */
  change(change: InstancesChange): InstancesChange {
    this.#wanted = changedInstances(this.#wanted, change)
    return this.next()
  }

  /** The next piece. */
  next(): InstancesChange {
    const { items, ...rest } = this.#wanted
    const isSameList = this.#told.generation === rest.generation
    const { set = [], ...others } = changeOf(isSameList ? this.#told.items : [], items, ownId)
    const { order: _last, ...gone } = others
    const piece: InstancesChange =
      set.length > PIECE_INSTANCES
        ? { ...rest, total: items.length, items: { ...gone, set: set.slice(0, PIECE_INSTANCES) } }
        : { ...rest, items: set.length === 0 ? others : { ...others, set } }
    this.#told = changedInstances(this.#told, piece)
    return piece
  }
}
