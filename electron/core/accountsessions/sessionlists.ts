// The lists of sessions that windows have open, by their ids.
//
// A list lives while it is fetched: after a minute without a fetch it is closed, because a window that has gone says nothing. A list that
// would be one too many takes the place of the one that was fetched the longest ago.

import { randomUUID } from 'node:crypto'
import { MAX_SESSION_ROWS, type SessionPage } from '../../../shared/api/sessions'
import { AppError } from '../../../shared/errors'
import type { SessionFilters } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { environmentKey } from '../environments/environments'
import { SessionList } from './sessionlist'
import type { SessionSources } from './sources'

/** Each has up to 100,000 rows. */
const MAX_LISTS = 8
const IDLE_MS = 60_000
const DAY_MS = 24 * 3_600_000

/** What a list is asked to be of. */
export interface WantedList {
  readonly environments: readonly EnvironmentRef[]
  readonly filters?: SessionFilters
  /** Absent: 24 hours ago. */
  readonly sinceAt?: number
}

interface Kept {
  readonly list: SessionList
  idle: NodeJS.Timeout
}

/** The lists. Disposing closes them. */
export class SessionLists implements Disposable {
  readonly #sources: SessionSources
  /** The one that was fetched the longest ago first. */
  readonly #lists = new Map<string, Kept>()

  constructor(sources: SessionSources) {
    this.#sources = sources
  }

  /** Begins a list and returns its id. */
  open({ environments, filters = {}, sinceAt = this.#sources.now() - DAY_MS }: WantedList): string {
    if (this.#lists.size >= MAX_LISTS)
      for (const id of this.#lists.keys()) if (this.#lists.size >= MAX_LISTS) this.close(id)
    const listId = randomUUID()
    const once = new Map(environments.map((ref) => [environmentKey(ref), ref]))
    const list = new SessionList({ environments: [...once.values()], filters, sinceAt }, this.#sources)
    this.#keep(listId, list)
    return listId
  }

  /** See `sessions.page`. Throws `usage` for a list that is closed. */
  page(listId: string, revision: number): SessionPage {
    return this.#fetch(listId).page(revision, MAX_SESSION_ROWS)
  }

  /** See `sessions.older`. Throws as `page`. */
  older(listId: string, sinceAt: number): void {
    this.#fetch(listId).older(sinceAt)
  }

  /** See `sessions.stop`. Throws as `page`. */
  stop(listId: string): void {
    this.#fetch(listId).stop()
  }

  /** Closes a list. One that is closed stays so. */
  close(listId: string): void {
    const kept = this.#lists.get(listId)
    if (kept === undefined) return
    clearTimeout(kept.idle)
    this.#lists.delete(listId)
    kept.list[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    for (const id of this.#lists.keys()) this.close(id)
  }

  #fetch(listId: string): SessionList {
    const kept = this.#lists.get(listId)
    if (kept === undefined) throw new AppError('usage', 'This list of sessions is closed. Open it again.')
    clearTimeout(kept.idle)
    this.#lists.delete(listId)
    this.#keep(listId, kept.list)
    return kept.list
  }

  #keep(listId: string, list: SessionList): void {
    const idle = setTimeout(() => this.close(listId), IDLE_MS)
    // A list that is not read does not keep the process alive.
    idle.unref()
    this.#lists.set(listId, { list, idle })
  }
}
