// Finds text in a terminal: marks the matches, and tracks the current one.
//
// Part of xterm's chunk. The addon marks every match, but draws the current one as a selection; so the current one gets our
// own mark on top. Owns the addon and its marks until the terminal is disposed.

import { SearchAddon, type ISearchOptions } from '@xterm/addon-search'
import type { IDecoration, IMarker, Terminal } from '@xterm/xterm'
import { MAX_MATCHES, queryProblem, type FindResults, type Query } from '../words'

/** Finds text in one terminal. */
export interface Finder {
  /** Marks every match and goes to one: the newest for a changed query, else the next or the previous one. */
  find(query: Query, step: 'newest' | 'next' | 'previous'): void
  /** Reports the number of matches whenever it changes; returns the unsubscribe. */
  onResults(listener: (results: FindResults) => void): () => void
  /** Removes all marks. The current match stays selected. */
  end(): void
}

const NOTHING: FindResults = { index: -1, count: 0 }

/** Creates the finder of a terminal. `color` reads a token as `#rrggbb`. */
export function createFinder(terminal: Terminal, color: (token: string) => string): Finder {
  const addon = new SearchAddon({ highlightLimit: MAX_MATCHES })
  terminal.loadAddon(addon)
  const listeners = new Set<(results: FindResults) => void>()
  let marks: IDecoration[] = []
  // xterm.js keeps decorations in a list sorted by the lines of their markers, and removes disposed ones only when the next
  // one is added or drawn. A marker disposed before then loses its line, and the decorations after it in the list can no
  // longer be found: they are neither removed nor drawn. So old markers are disposed after the next mark was added.
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
  /** Draws the selection, which the addon has just set to the current match, as the current match. */
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
      // The addon has disposed its own decorations by now: without lines neither they nor ours are drawn.
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
      // The addon updates its marks only for another text, and ignores changed options.
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
