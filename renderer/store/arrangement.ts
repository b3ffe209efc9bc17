// How tabs are named and split, as it outlives a reload: by the ids of their terminals. Pure.
//
// What comes back is checked field by field: it was written by an earlier page, maybe of another version.

import type { NextKey } from './panes'
import { panesOf } from './layout'
import type { Layout, Pane, Tab } from './state'

/** Deeper splits leave no room for a screen. */
const MAX_DEPTH = 8
const MAX_TABS = 100
const MAX_CHARACTERS = 200

/** A layout by the ids of its terminals. */
type KeptLayout =
  | { readonly terminalId: string }
  | {
      readonly direction: 'right' | 'down'
      readonly share: number
      readonly first: KeptLayout
      readonly second: KeptLayout
    }

/** A tab as it is kept. */
export interface KeptTab {
  readonly name: string
  readonly layout: KeptLayout
  /** The terminal of the pane that had the focus last; "" where that had none yet. */
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

/** What is kept of tabs, in their order. */
export function keptTabs(tabs: readonly Tab[]): readonly KeptTab[] {
  return tabs.flatMap(({ name, layout, activePane }): KeptTab[] => {
    const kept = keptLayout(layout)
    const front = panesOf(layout).find(({ key }) => key === activePane)
    return kept === undefined ? [] : [{ name, layout: kept, active: (front && terminalOf(front)) ?? '' }]
  })
}

/** The tabs as they were, before it is known which of their terminals are still there: those that are not go with the first state. */
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
          // The first state says what they are.
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

/** The kept tabs that a value holds; those that make no sense are left out. */
export function readTabs(value: unknown): readonly KeptTab[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, MAX_TABS).flatMap((each: unknown): KeptTab[] => {
    if (!isJson(each) || !isText(each['name']) || !isText(each['active'])) return []
    const layout = readLayout(each['layout'], 0)
    return layout === undefined ? [] : [{ name: each['name'], layout, active: each['active'] }]
  })
}
