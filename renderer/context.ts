// Gives views access to the page that they belong to.

import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Page } from './store'
import type { PageState } from './store/state'

/** The page around a view; set once in main.tsx. */
export const PageContext = createContext<Page | undefined>(undefined)

/** The page around this view. Throws outside a page. */
export function usePage(): Page {
  const page = useContext(PageContext)
  if (page === undefined) throw new Error('a view outside of its page')
  return page
}

/** A part of the page's state; the view is rendered again when that part changes. */
export function usePageState<T>(select: (state: PageState) => T): T {
  return useStore(usePage().store, select)
}
