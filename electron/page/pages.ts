// The instances as one page has them: a long list goes to it in pieces, of which the first comes with the snapshot.
//
// Each piece is the change from what the page has to what it should have, cut after 500 instances. So a list that changes on the way,
// or gives way to another environment's, needs no case of its own: the next piece starts from what the page has by then. The page
// drops the instances of another generation with its first piece. Does not own when a piece is sent (feed.ts).

import { changedInstances, changeOf, ownId, type InstancesChange } from '../../shared/model/change'
import type { InstanceList } from '../../shared/model/instance'

/** With as many tags as are used in large accounts about 1 MB of JSON, which a page parses in some 10 ms. */
const PIECE_INSTANCES = 500

/** What one page has of the instances, and what it should have. */
export class InstancePages {
  #wanted: InstanceList
  #told: InstanceList

  /** For a page that has none yet. */
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

  /** The list has changed: what to tell the page of it now. */
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
