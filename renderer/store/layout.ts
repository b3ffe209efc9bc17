// The layout of the panes of a tab: a tree of splits into two halves. Pure.
//
//   { split 'right', share 0.6, first: web-1, second: { split 'down', share 0.5, first: web-2, second: db } }
//
//   +---------+------+     A pane is the place of one terminal. Removing one gives its space to its sibling.
//   |         | web-2|     Boxes are fractions of the tab: 0 to 1.
//   |  web-1  +------+
//   |         |  db  |
//   +---------+------+

import type { Layout, Pane } from './state'

/** A rectangle, in fractions of the tab. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A side of a pane. */
export type Side = 'left' | 'right' | 'up' | 'down'

/** The movable edge between the halves of a split; it moves within `box`. */
export interface Edge {
  readonly id: string
  readonly direction: 'right' | 'down'
  /** The first half's share of `box`. */
  readonly share: number
  readonly box: Box
}

/** The smallest share of each half of a split. */
export const MIN_SHARE = 0.1

const WHOLE: Box = { left: 0, top: 0, width: 1, height: 1 }

/** The panes in reading order; at least one. */
export function panesOf(layout: Layout): readonly Pane[] {
  return layout.kind === 'pane' ? [layout.pane] : [...panesOf(layout.first), ...panesOf(layout.second)]
}

/** The layout with each pane replaced by the result of `change`, or removed if that is undefined. */
export function mapPanes(layout: Layout, change: (pane: Pane) => Pane | undefined): Layout | undefined {
  if (layout.kind === 'pane') {
    const pane = change(layout.pane)
    if (pane === layout.pane) return layout
    return pane === undefined ? undefined : { kind: 'pane', pane }
  }
  const first = mapPanes(layout.first, change)
  const second = mapPanes(layout.second, change)
  if (first === undefined || second === undefined) return first ?? second
  return first === layout.first && second === layout.second ? layout : { ...layout, first, second }
}

/** Splits the pane `key` in half: `pane` takes the right or the lower half. `id` names the split and must be unique. */
export function splitPane(
  layout: Layout,
  key: string,
  added: { readonly id: string; readonly direction: 'right' | 'down'; readonly pane: Pane },
): Layout {
  if (layout.kind === 'split') {
    return { ...layout, first: splitPane(layout.first, key, added), second: splitPane(layout.second, key, added) }
  }
  if (layout.pane.key !== key) return layout
  const { id, direction, pane } = added
  return { kind: 'split', id, direction, share: 0.5, first: layout, second: { kind: 'pane', pane } }
}

/** Sets the first half's share of the split `id`; each half keeps at least a tenth. */
export function setShare(layout: Layout, id: string, share: number): Layout {
  if (layout.kind === 'pane') return layout
  if (layout.id === id) return { ...layout, share: Math.min(1 - MIN_SHARE, Math.max(MIN_SHARE, share)) }
  return { ...layout, first: setShare(layout.first, id, share), second: setShare(layout.second, id, share) }
}

/** The rectangle of every pane by its key, and every edge between halves. */
export function boxesOf(layout: Layout): { readonly panes: ReadonlyMap<string, Box>; readonly edges: readonly Edge[] } {
  const panes = new Map<string, Box>()
  const edges: Edge[] = []
  const place = (part: Layout, box: Box): void => {
    if (part.kind === 'pane') {
      panes.set(part.pane.key, box)
      return
    }
    const { id, direction, share } = part
    edges.push({ id, direction, share, box })
    const { left, top, width, height } = box
    if (direction === 'right') {
      place(part.first, { ...box, width: width * share })
      place(part.second, { ...box, left: left + width * share, width: width * (1 - share) })
    } else {
      place(part.first, { ...box, height: height * share })
      place(part.second, { ...box, top: top + height * share, height: height * (1 - share) })
    }
  }
  place(layout, WHOLE)
  return { panes, edges }
}

/** The tolerance for rounding errors of fractions. */
const NEAR = 1e-6

/** The pane beside `key` on a side; of several, the one that shares most of the edge. Undefined at the edge of the tab. */
export function neighbourOf(layout: Layout, key: string, side: Side): string | undefined {
  const { panes } = boxesOf(layout)
  const own = panes.get(key)
  if (own === undefined) return undefined
  const shared = (from: number, size: number, otherFrom: number, otherSize: number): number =>
    Math.min(from + size, otherFrom + otherSize) - Math.max(from, otherFrom)
  const touches = ({ left, top, width, height }: Box): boolean => {
    switch (side) {
      case 'left':
        return Math.abs(left + width - own.left) < NEAR
      case 'right':
        return Math.abs(left - own.left - own.width) < NEAR
      case 'up':
        return Math.abs(top + height - own.top) < NEAR
      case 'down':
        return Math.abs(top - own.top - own.height) < NEAR
    }
  }
  const isAcross = side === 'left' || side === 'right'
  let best: { readonly key: string; readonly length: number } | undefined
  for (const [other, box] of panes) {
    const length = isAcross
      ? shared(own.top, own.height, box.top, box.height)
      : shared(own.left, own.width, box.left, box.width)
    if (touches(box) && length > NEAR && length > (best?.length ?? 0)) best = { key: other, length }
  }
  return best?.key
}
