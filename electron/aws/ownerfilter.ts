// Whether the filter `Owner` of DescribeSessions finds the sessions of an owner, and lists without it where it does not.
//
// AWS documents the filter for "an Amazon Web Services user" and does not say whether it takes the ARN of an assumed role, which is how
// Owner is written for most people. So it is tried. If a session of that owner is known and the filtered list lacks it, this account's
// lists are asked for without the filter from then on, and filtered here. A session is known because this account has started it, or
// because it is on the first page of an unfiltered list, which is asked for while the filter has found nothing yet.

import type { ListedSession, SessionPages, SessionQuery } from '../../shared/sessionlisting'
import { DescribedPages, type DescribeSessions } from './sessionpages'

/** The newest own sessions that are remembered, to compare with. */
const MAX_OWN = 20

/** While the filter finds nothing, the list without it is looked at this often. */
const PROBE_EVERY_MS = 60_000

/** What is known of the filter, for one account. */
export class OwnerFilter {
  readonly #now: () => number
  readonly #own: string[] = []
  #verdict: 'unknown' | 'finds' | 'misses' = 'unknown'
  #probedAt: number | undefined

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** This account has started a session. */
  started(sessionId: string): void {
    this.#own.push(sessionId)
    if (this.#own.length > MAX_OWN) this.#own.shift()
  }

  /** The pages of a query. With an owner: those sessions only, whether AWS filters by it or not. */
  pages(query: SessionQuery, describe: DescribeSessions): SessionPages {
    const { owner } = query
    if (owner === undefined) return new DescribedPages(query, describe)
    return new OwnedPages({ query, owner, describe, filter: this })
  }

  get misses(): boolean {
    return this.#verdict === 'misses'
  }

  /** The newest sessions that this account has started. */
  get own(): readonly string[] {
    return [...this.#own]
  }

  /** Whether it is not known yet that the filter works. */
  get isInDoubt(): boolean {
    return this.#verdict === 'unknown'
  }

  /** The filter has found a session. */
  found(): void {
    if (this.#verdict === 'unknown') this.#verdict = 'finds'
  }

  /** The filter has left out a session of the owner. */
  missed(): void {
    this.#verdict = 'misses'
  }

  /** Whether a list without the filter should be looked at now. */
  isProbeDue(): boolean {
    const now = this.#now()
    if (this.#probedAt !== undefined && now - this.#probedAt < PROBE_EVERY_MS) return false
    this.#probedAt = now
    return true
  }
}

/**
 * The sessions of one owner. Behind the last page comes a step that lists nothing: if the filter is in doubt, it looks for a session
 * that the filter has left out, and begins the list again without the filter if there is one.
 */
class OwnedPages implements SessionPages {
  readonly #query: SessionQuery
  readonly #owner: string
  readonly #describe: DescribeSessions
  readonly #filter: OwnerFilter
  /** Those of before the list began: one that was started later may be missing in it. */
  readonly #own: readonly string[]
  readonly #seen = new Set<string>()
  #pages: SessionPages
  #isChecked: boolean

  constructor(options: {
    readonly query: SessionQuery
    readonly owner: string
    readonly describe: DescribeSessions
    readonly filter: OwnerFilter
  }) {
    const { query, owner, describe, filter } = options
    this.#query = query
    this.#owner = owner
    this.#describe = describe
    this.#filter = filter
    this.#own = filter.own
    this.#isChecked = filter.misses
    this.#pages = new DescribedPages(filter.misses ? unowned(query) : query, describe)
  }

  get isDone(): boolean {
    return this.#pages.isDone && this.#isChecked
  }

  async next(signal: AbortSignal): Promise<readonly ListedSession[]> {
    if (this.#pages.isDone) {
      if (!this.#isChecked && (await this.#isMissed(signal))) {
        this.#filter.missed()
        this.#pages = new DescribedPages(unowned(this.#query), this.#describe)
      }
      this.#isChecked = true
      return []
    }
    const page = (await this.#pages.next(signal)).filter(({ owner }) => owner === this.#owner)
    if (this.#isChecked) return page
    for (const { sessionId } of page) this.#seen.add(sessionId)
    if (page.length > 0) this.#filter.found()
    return page
  }

  /** Whether a session of the owner exists that the filtered list lacks. */
  async #isMissed(signal: AbortSignal): Promise<boolean> {
    if (!this.#filter.isInDoubt) return false
    const others: SessionQuery[] = []
    const own = this.#own.findLast((id) => !this.#seen.has(id))
    if (own !== undefined) others.push({ ...unowned(this.#query), sessionId: own })
    if (this.#seen.size === 0 && this.#filter.isProbeDue()) others.push(unowned(this.#query))
    for (const query of others) {
      const found = await new DescribedPages(query, this.#describe).next(signal)
      if (found.some(({ owner, sessionId }) => owner === this.#owner && !this.#seen.has(sessionId))) return true
    }
    return false
  }
}

function unowned({ owner: _owner, ...query }: SessionQuery): SessionQuery {
  return query
}
