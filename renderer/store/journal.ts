// The journal as the page has read it: page by page from the newest, new lines on top.

import type { StoreApi } from 'zustand/vanilla'
import { toWireError } from '../../shared/errors'
import type { JournalEntry } from '../../shared/model/journal'
import type { Link } from '../../shared/api'
import type { Journal, PageState } from './state'

const PAGE_ENTRIES = 100

/** What can be done with the page's journal. */
export interface JournalActions {
  /** Reads the first page, or the next older one. Does nothing while one is read, or when there is no older one. */
  loadJournal(): Promise<void>
  /** Takes a new line. Dropped before the journal was first loaded: the first page of entries will contain it. */
  entryWritten(entry: JournalEntry): void
  /** Lines may have been missed: reads the first page again where the journal was read before. */
  journalMissed(): void
}

/** Makes the actions on the journal in `store`. Pages that are overtaken by a later reading are dropped. */
export function createJournal(store: StoreApi<PageState>, request: Link['request']): JournalActions {
  let reading = 0
  const set = (change: Partial<Journal>): void =>
    store.setState(({ journal }) => ({ journal: { ...journal, ...change } }))

  const read = async (beforeId: number | undefined): Promise<void> => {
    reading += 1
    const mine = reading
    set({ state: { kind: 'loading' } })
    try {
      const page = await request('journal.list', {
        limit: PAGE_ENTRIES,
        ...(beforeId === undefined ? {} : { beforeId }),
      })
      if (mine !== reading) return
      const { entries } = store.getState().journal
      // Lines that were written while the first page was on its way are newer than it.
      const [newestOfPage = { id: -1 }] = page.entries
      const kept = beforeId === undefined ? entries.filter(({ id }) => id > newestOfPage.id) : entries
      set({ entries: [...kept, ...page.entries], hasMore: page.hasMore, state: { kind: 'ready' } })
    } catch (error) {
      if (mine === reading) set({ state: { kind: 'failed', error: toWireError(error) } })
    }
  }

  return {
    loadJournal: async () => {
      const { entries, hasMore, state } = store.getState().journal
      if (state.kind === 'loading') return
      if (entries.length === 0) await read(undefined)
      else if (hasMore) await read(entries.at(-1)?.id)
    },
    entryWritten: (entry) => {
      const { entries, state } = store.getState().journal
      if (state.kind === 'idle' || entries.some(({ id }) => id === entry.id)) return
      set({ entries: [entry, ...entries] })
    },
    journalMissed: () => {
      const { state } = store.getState().journal
      if (state.kind === 'idle') return
      set({ entries: [] })
      void read(undefined)
    },
  }
}
