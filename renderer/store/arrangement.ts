// The names and layouts of tabs as they survive a reload, identified by the ids of their terminals. Pure.
//
// Saved values are checked field by field: an earlier page, maybe of another version, has written them.

import type { NextKey } from './panes'
import { panesOf } from './layout'
import type { Layout, Pane, Tab } from './state'

/** Deeper splits leave no usable space for a screen. */
const MAX_DEPTH = 8
const MAX_TABS = 100
const MAX_CHARACTERS = 200

/** A layout that refers to its terminals by their ids. */
type KeptLayout =
  | { readonly terminalId: string }
  | {
      readonly direction: 'right' | 'down'
      readonly share: number
      readonly first: KeptLayout
      readonly second: KeptLayout
    }

/** A tab as it is saved. */
export interface KeptTab {
  readonly name: string
  readonly layout: KeptLayout
  /** The terminal of the pane that had the focus last; "" if that pane had no terminal yet. */
  readonly active: string
}

function terminalOf({ terminal }: Pane): string | undefined {
  return terminal.kind === 'bound' ? terminal.terminalId : undefined
}

/** Panes without a terminal are left out: their sessions were never opened. */
function keptLayout(layout: Layout): KeptLayout | undefined {
  if (layout.kind === 'pane') {
    const terminalId = terminalOf(layout.pane)
    return terminalId === undefined ? undefined : { terminalId }
  }
  const first = keptLayout(layout.first)
  const second = keptLayout(layout.second)
  if (first === undefined || second === undefined) return first ?? second
  return { direction: layout.direction, share: layout.share, first, second }
}

/** The saved form of the tabs, in their order. */
export function keptTabs(tabs: readonly Tab[]): readonly KeptTab[] {
  return tabs.flatMap(({ name, layout, activePane }): KeptTab[] => {
    const kept = keptLayout(layout)
    const front = panesOf(layout).find(({ key }) => key === activePane)
    return kept === undefined ? [] : [{ name, layout: kept, active: (front && terminalOf(front)) ?? '' }]
  })
}

/** The saved tabs, before it is known which of their terminals still exist: the first state removes the others. */
export function tabsOf(kept: readonly KeptTab[], nextKey: NextKey): readonly Tab[] {
  return kept.map(({ name, layout, active }): Tab => {
    let activePane: string | undefined
    const anew = (part: KeptLayout): Layout => {
      if ('direction' in part) {
        const { direction, share } = part
        return {
          kind: 'split',
          id: nextKey('split'),
          direction,
          share,
          first: anew(part.first),
          second: anew(part.second),
        }
      }
      const key = nextKey('pane')
      const { terminalId } = part
      if (activePane === undefined || terminalId === active) activePane = key
      return {
        kind: 'pane',
        pane: {
          key,
          // The first state fills these in.
          instance: { id: '', name: '' },
          environment: { kind: 'demo' },
          environmentName: '',
          terminal: { kind: 'bound', terminalId, isListed: true },
        },
      }
    }
    const restored = anew(layout)
    return { key: nextKey('tab'), name, layout: restored, activePane: activePane ?? '' }
  })
}

type Json = Readonly<Record<string, unknown>>

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS
}

function readLayout(value: unknown, depth: number): KeptLayout | undefined {
  if (!isJson(value) || depth > MAX_DEPTH) return undefined
  const { terminalId, direction, share } = value
  if (isText(terminalId)) return { terminalId }
  const first = readLayout(value['first'], depth + 1)
  const second = readLayout(value['second'], depth + 1)
  if (first === undefined || second === undefined) return undefined
  if (direction !== 'right' && direction !== 'down') return undefined
  if (typeof share !== 'number' || !(share > 0 && share < 1)) return undefined
  return { direction, share, first, second }
}

/** Reads the saved tabs from a value; invalid ones are left out. */
export function readTabs(value: unknown): readonly KeptTab[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, MAX_TABS).flatMap((each: unknown): KeptTab[] => {
    if (!isJson(each) || !isText(each['name']) || !isText(each['active'])) return []
    const layout = readLayout(each['layout'], 0)
    return layout === undefined ? [] : [{ name: each['name'], layout, active: each['active'] }]
  })
}
