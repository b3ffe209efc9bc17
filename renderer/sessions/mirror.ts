// The page's copy of the core's list of sessions.
//
// Owns the list at the core and asks for its changes once a second, but only while a view watches it. A list that the core has closed
// meanwhile is opened again; the rows stay until the new list has all of its own. Owns no DOM.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Link } from '../../shared/api'
import { toWireError, type WireError } from '../../shared/errors'
import type { AccountSession, SessionListState } from '../../shared/model/accountsession'
import type { EnvironmentRef } from '../../shared/model/environment'
import { sessionKey } from './words/listing'
import { textOf } from './words/search'

/** The pause between two questions for changes. */
const PAUSE_MS = 1_000

/** After a failure the pause doubles up to this. */
const MAX_PAUSE_MS = 30_000

/** While there are more changes, they are shown when there are that many times the shown rows: each time all rows are sorted again. */
const GROWTH = 4

/** What is known of the sessions. */
export interface MirroredSessions {
  /** In no order. A session that has not changed keeps its object. */
  readonly sessions: readonly AccountSession[]
  /** Undefined until the core has answered. */
  readonly list: SessionListState | undefined
  /** Whether the core has more rows that are still on their way. */
  readonly isFilling: boolean
  /** Why the core could not be asked. The rows are those of before. */
  readonly error: WireError | undefined
}

/** Calls back after `delayMs`; returns how to take that back. */
export type After = (delayMs: number, act: () => void) => () => void

const afterTimeout: After = (delayMs, act) => {
  const timer = setTimeout(act, delayMs)
  return () => clearTimeout(timer)
}

/** A list at the core. */
interface OpenList {
  readonly id: string
  revision: number
  readonly rows: Map<string, AccountSession>
}

/** A list that is being watched. */
interface Watch {
  readonly environments: readonly EnvironmentRef[]
  list: OpenList | undefined
  isStopped: boolean
  cancelPause: () => void
  failures: number
}

const EMPTY: MirroredSessions = { sessions: [], list: undefined, isFilling: false, error: undefined }

/** The sessions of the environments that a view shows. Lives as long as the page. */
export class SessionMirror {
  readonly store: StoreApi<MirroredSessions> = createStore<MirroredSessions>(() => EMPTY)
  readonly #request: Link['request']
  readonly #after: After
  #watch: Watch | undefined
  /** The last one who called `watch`. */
  #viewer = {}
  /** The start of the time that the person has asked for. A list that is opened again begins with it. */
  #sinceAt: number | undefined

  constructor(request: Link['request'], after: After = afterTimeout) {
    this.#request = request
    this.#after = after
  }

  /**
   * Shows the sessions of these environments, and their changes until the returned function is called. The core stops asking AWS then.
   * The same environments again within a minute continue with the rows that are there.
   */
  watch(environments: readonly EnvironmentRef[]): () => void {
    const before = this.#watch
    if (before !== undefined) this.#pause(before)
    const isSame = before !== undefined && JSON.stringify(before.environments) === JSON.stringify(environments)
    if (!isSame) {
      if (before?.list !== undefined) this.#tell('sessions.close', before.list.id)
      this.#sinceAt = undefined
      this.store.setState(EMPTY)
    }
    this.#begin(environments, isSame ? before.list : undefined)
    const viewer = {}
    this.#viewer = viewer
    return () => {
      if (this.#viewer === viewer && this.#watch !== undefined) this.#pause(this.#watch)
    }
  }

  #begin(environments: readonly EnvironmentRef[], list: OpenList | undefined): void {
    const watch: Watch = { environments, list, isStopped: false, cancelPause: () => undefined, failures: 0 }
    this.#watch = watch
    // Never rejects.
    void this.#ask(watch)
  }

  /** Begins the list again: environments that a person had to mend are asked once more. The rows stay until the new ones are there. */
  reload(): void {
    const watch = this.#watch
    if (watch === undefined || watch.isStopped) return
    watch.cancelPause()
    if (watch.list !== undefined) this.#tell('sessions.close', watch.list.id)
    this.#pause(watch)
    this.#begin(watch.environments, undefined)
  }

  /** Loads the sessions that ended since `sinceAt`, epoch ms. */
  older(sinceAt: number): void {
    this.#sinceAt = sinceAt
    const listId = this.#watch?.list?.id
    if (listId === undefined) return
    this.#loading(true)
    this.#request('sessions.older', { listId, sinceAt }).catch((error: unknown) => this.#failed(error))
  }

  /** Stops loading older sessions. */
  stop(): void {
    const listId = this.#watch?.list?.id
    if (listId === undefined) return
    this.#loading(false)
    this.#tell('sessions.stop', listId)
  }

  /** Shown at once; the next answer of the core corrects it. */
  #loading(isLoading: boolean): void {
    this.store.setState(({ list }) => (list === undefined ? {} : { list: { ...list, isLoading } }))
  }

  #pause(watch: Watch): void {
    watch.isStopped = true
    watch.cancelPause()
  }

  /** A list that cannot be told is closed by the core after a minute. */
  #tell(name: 'sessions.close' | 'sessions.stop', listId: string): void {
    this.#request(name, { listId }).catch(() => undefined)
  }

  #failed(error: unknown): void {
    this.store.setState({ error: toWireError(error) })
  }

  async #ask(watch: Watch): Promise<void> {
    let delayMs = PAUSE_MS
    try {
      watch.list ??= await this.#open(watch)
      if (watch.isStopped) return
      const { list } = watch
      const page = await this.#request('sessions.page', { listId: list.id, revision: list.revision })
      watch.failures = 0
      list.revision = page.revision
      for (const id of page.gone) list.rows.delete(id)
      for (const session of page.set) {
        list.rows.set(sessionKey(session), session)
        // Made piece by piece here, all texts are there at the first keystroke of the filter.
        textOf(session)
      }
      this.#show(watch, list, page)
      if (page.hasMore) delayMs = 0
    } catch (error) {
      const { code } = toWireError(error)
      // The core has closed the list, for example because this window was hidden for a minute.
      const isClosed = code === 'usage' && watch.list !== undefined
      watch.list = undefined
      watch.failures += 1
      if (!isClosed || watch.failures > 1) {
        if (!watch.isStopped) this.#failed(error)
        delayMs = Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** Math.min(watch.failures, 10))
      } else delayMs = 0
    }
    if (watch.isStopped) return
    // Never rejects.
    watch.cancelPause = this.#after(delayMs, () => void this.#ask(watch))
  }

  async #open({ environments }: Watch): Promise<OpenList> {
    const sinceAt = this.#sinceAt
    const { listId } = await this.#request('sessions.open', {
      environments: [...environments],
      ...(sinceAt === undefined ? {} : { sinceAt }),
    })
    return { id: listId, revision: 0, rows: new Map() }
  }

  /** Takes the rows over into the store. */
  #show(watch: Watch, list: OpenList, page: PageOfList): void {
    this.#isBehind ||= page.set.length > 0 || page.gone.length > 0
    if (this.#watch !== watch) return
    const { sessions: before } = this.store.getState()
    // Rows of a list that was opened again replace the earlier ones once there are as many.
    const isDue = !page.hasMore || list.rows.size >= before.length * GROWTH
    const isShown = this.#isBehind && isDue
    if (isShown) this.#isBehind = false
    this.store.setState({
      list: page.state,
      isFilling: page.hasMore,
      error: undefined,
      ...(isShown ? { sessions: [...list.rows.values()] } : {}),
    })
  }
  /** Whether rows have changed that are not shown yet. */
  #isBehind = false
}

interface PageOfList {
  readonly set: readonly AccountSession[]
  readonly gone: readonly string[]
  readonly hasMore: boolean
  readonly state: SessionListState
}
