// Finding text in a terminal: the marked matches, and which one is current.
//
// Part of xterm's chunk. The addon marks every match, but draws the current one as a selection does; so the current one gets a
// mark of our own over it. Owns the addon and its marks until the terminal is disposed.

import { SearchAddon, type ISearchOptions } from '@xterm/addon-search'
import type { IDecoration, IMarker, Terminal } from '@xterm/xterm'
import { MAX_MATCHES, queryProblem, type FindResults, type Query } from '../words'

/** Finds text in one terminal. */
export interface Finder {
  /** Marks every match and goes to one: the newest for a query that has changed, else the next or the one before. */
  find(query: Query, step: 'newest' | 'next' | 'previous'): void
  /** Tells how many there are, whenever that changes; returns the unsubscribe. */
  onResults(listener: (results: FindResults) => void): () => void
  /** Takes all marks away. The current match stays selected. */
  end(): void
}

const NOTHING: FindResults = { index: -1, count: 0 }

/** Makes the finder of a terminal. `color` reads a token as `#rrggbb`. */
export function createFinder(terminal: Terminal, color: (token: string) => string): Finder {
  const addon = new SearchAddon({ highlightLimit: MAX_MATCHES })
  terminal.loadAddon(addon)
  const listeners = new Set<(results: FindResults) => void>()
  let marks: IDecoration[] = []
  // xterm.js keeps decorations in a list that is sorted by the lines of their markers, and takes disposed ones out of it only when
  // the next is put in or is drawn. A marker that is disposed before then loses its line, and what lies behind it in the list is
  // not found any more: it can be neither taken out nor drawn. So the markers go after the next mark has come.
  let spent: IMarker[] = []
  const tell = (results: FindResults): void => {
    for (const listener of listeners) listener(results)
  }
  const unmark = (): void => {
    for (const mark of marks) {
      spent.push(mark.marker)
      mark.dispose()
    }
    marks = []
  }
  /** Draws what is selected, which the addon has just done with the current match, as the current match. */
  const mark = (): void => {
    unmark()
    const range = terminal.getSelectionPosition()
    if (range === undefined) return
    const { active } = terminal.buffer
    for (let { y } = range.start; y <= range.end.y; y += 1) {
      const x = y === range.start.y ? range.start.x : 0
      const width = (y === range.end.y ? range.end.x : terminal.cols) - x
      if (width <= 0) continue
      const decoration = terminal.registerDecoration({
        marker: terminal.registerMarker(y - active.baseY - active.cursorY),
        x,
        width,
        layer: 'top',
        backgroundColor: color('ansi-yellow'),
        foregroundColor: color('term-background'),
      })
      if (decoration !== undefined) marks.push(decoration)
    }
    if (marks.length === 0) return
    for (const marker of spent) marker.dispose()
    spent = []
  }
  addon.onDidChangeResults(({ resultIndex, resultCount }) => {
    if (resultCount > 0) mark()
    else {
      unmark()
      // The addon has disposed its own by now: without their lines neither those nor ours are drawn.
      for (const marker of spent) marker.dispose()
      spent = []
    }
    tell({ index: resultIndex, count: resultCount })
  })
  const end = (): void => {
    unmark()
    addon.clearDecorations()
  }
  return {
    find: (query, step) => {
      if (query.text === '' || queryProblem(query) !== undefined) {
        end()
        tell(NOTHING)
        return
      }
      const match = color('term-selection')
      const options: ISearchOptions = {
        regex: query.isRegex,
        caseSensitive: query.isCaseSensitive,
        decorations: {
          matchBackground: match,
          matchOverviewRuler: match,
          activeMatchBackground: match,
          activeMatchColorOverviewRuler: match,
        },
      }
      // The addon marks matches anew for another text only, and forgets that its options have changed.
      if (step === 'newest') end()
      if (step === 'next') addon.findNext(query.text, options)
      else addon.findPrevious(query.text, options)
    },
    onResults: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    end,
  }
}
