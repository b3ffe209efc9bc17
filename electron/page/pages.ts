// Cuts a long list of the state into pieces for one page: the instances, the containers. The first piece is part of the snapshot.
//
// Each piece is the difference between the list that the page has and the list of the core, cut after 500 values. A list that changes
// while pieces are on their way needs no special case: the next piece is computed from the list that the page has by then. With the
// first piece of another generation the page drops the earlier list. feed.ts decides when a piece is sent.

import { changedItems, changeOfItems, type Generation, type ListChange } from '../../shared/model/change'

/** Instances with 20 to 30 tags each have about 0.5 to 1 MB of JSON, which a page parses in some 10 ms; containers have a third of it. */
const PIECE_VALUES = 500

/** A list without its values: what is sent whole with each piece. */
type Head = { readonly generation: number }

/** A list of the state, whole or as far as a page has it. */
export type Paged<T, H extends Head> = H & { readonly items: readonly T[]; readonly total?: number }

/** A change of such a list. */
export type PagedChange<T, H extends Head> = H & { readonly items: ListChange<T>; readonly total?: number }

/** The values of one list that a page has, and those that it should have. */
export class ListPages<T extends { readonly id: string }, H extends Head> {
  #head: H
  #wanted: Generation<readonly T[]>
  #told: Generation<readonly T[]>
  #isWhole = false

  /** The page has no values yet. `head`: the fields of the list that are sent whole. */
  constructor(head: H, items: readonly T[]) {
    this.#head = head
    this.#wanted = { generation: head.generation, items }
    this.#told = { generation: head.generation, items: [] }
  }

  /** Whether the page has all of them. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** The list with its first values, for a snapshot. */
  first(): Paged<T, H> {
    this.next()
    const { items } = this.#told
    return this.#isWhole ? { ...this.#head, items } : { ...this.#head, items, total: this.#wanted.items.length }
  }

  /** Takes a change of the list; returns the piece to send now. */
  change(head: H, items: ListChange<T>): PagedChange<T, H> {
    this.#head = head
    const { generation } = head
    this.#wanted = { generation, items: changedItems(this.#wanted, { generation, items }) }
    return this.next()
  }

  /** The next piece. */
  next(): PagedChange<T, H> {
    const { generation, items } = this.#wanted
    const { set = [], ...others } = changeOfItems(this.#told, this.#wanted)
    const { order: _last, ...gone } = others
    this.#isWhole = set.length <= PIECE_VALUES
    const piece: ListChange<T> = this.#isWhole
      ? set.length === 0
        ? others
        : { ...others, set }
      : { ...gone, set: set.slice(0, PIECE_VALUES) }
    this.#told = { generation, items: changedItems(this.#told, { generation, items: piece }) }
    return this.#isWhole ? { ...this.#head, items: piece } : { ...this.#head, total: items.length, items: piece }
  }
}
