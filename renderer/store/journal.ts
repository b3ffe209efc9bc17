// The journal as loaded by the page: in chunks from the newest on, new entries on top.

import type { StoreApi } from 'zustand/vanilla'
import { toWireError } from '../../shared/errors'
import type { JournalEntry } from '../../shared/model/journal'
import type { Link } from '../../shared/api'
import type { Journal, PageState } from './state'

const PAGE_ENTRIES = 100

/** The actions on the page's journal. */
export interface JournalActions {
  /** Loads the first chunk, or the next older one. Does nothing while a chunk is loading, or if there is no older one. */
  loadJournal(): Promise<void>
  /** Adds a new entry. Ignored before the journal was first loaded: the first chunk will contain it. */
  entryWritten(entry: JournalEntry): void
  /** Called when entries may have been missed: loads the first chunk again if the journal was loaded before. */
  journalMissed(): void
}

/** Creates the actions on the journal in `store`. Chunks that arrive after a newer load began are dropped. */
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
      // Entries written while the first chunk was on its way are newer than the chunk.
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
