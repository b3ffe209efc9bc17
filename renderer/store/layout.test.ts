import { expect, test } from 'vitest'
import { boxesOf, mapPanes, neighbourOf, panesOf, setShare, splitPane } from './layout'
import type { Layout, Pane } from './state'

function pane(key: string): Pane {
  return {
    key,
    instance: { id: `i-${key}`, name: key },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    terminal: { kind: 'opening' },
  }
}

const one: Layout = { kind: 'pane', pane: pane('a') }

/** a | b over c: the picture in the opening comment of layout.ts. */
function three(): Layout {
  const two = splitPane(one, 'a', { id: 's1', direction: 'right', pane: pane('b') })
  return splitPane(two, 'b', { id: 's2', direction: 'down', pane: pane('c') })
}

const keys = (layout: Layout | undefined): readonly string[] =>
  layout === undefined ? [] : panesOf(layout).map(({ key }) => key)

test('panes read from left to right and from top to bottom, and a split halves only its own', () => {
  expect(keys(three())).toEqual(['a', 'b', 'c'])
  const { panes, edges } = boxesOf(three())
  expect(Object.fromEntries(panes)).toEqual({
    a: { left: 0, top: 0, width: 0.5, height: 1 },
    b: { left: 0.5, top: 0, width: 0.5, height: 0.5 },
    c: { left: 0.5, top: 0.5, width: 0.5, height: 0.5 },
  })
  expect(edges.map(({ id, direction }) => `${id} ${direction}`)).toEqual(['s1 right', 's2 down'])
})

test('a pane that goes leaves its room to its sibling, and the last one leaves no layout', () => {
  const without = (layout: Layout | undefined, gone: string): Layout | undefined =>
    layout === undefined ? undefined : mapPanes(layout, (each) => (each.key === gone ? undefined : each))
  const after = without(three(), 'b')
  expect(keys(after)).toEqual(['a', 'c'])
  expect(after === undefined ? undefined : boxesOf(after).panes.get('c')).toEqual({
    left: 0.5,
    top: 0,
    width: 0.5,
    height: 1,
  })
  expect(keys(without(after, 'a'))).toEqual(['c'])
  expect(without(without(after, 'a'), 'c')).toBeUndefined()
})

test('what no pane changes is the same layout, so that nothing is drawn anew', () => {
  const layout = three()
  expect(mapPanes(layout, (each) => each)).toBe(layout)
  expect(mapPanes(layout, (each) => (each.key === 'c' ? { ...each, environmentName: 'x' } : each))).not.toBe(layout)
})

test('an edge moves the halves of its split alone, and neither half goes below a tenth', () => {
  const wider = boxesOf(setShare(three(), 's2', 0.75)).panes
  expect([wider.get('a')?.width, wider.get('b')?.height, wider.get('c')?.top]).toEqual([0.5, 0.75, 0.75])
  expect(boxesOf(setShare(three(), 's1', -3)).panes.get('a')?.width).toBeCloseTo(0.1)
  expect(boxesOf(setShare(three(), 's1', 9)).panes.get('a')?.width).toBeCloseTo(0.9)
})

test('the pane beside is the one that shares most of the edge; at the edge of the tab there is none', () => {
  const layout = setShare(three(), 's2', 0.3)
  expect(neighbourOf(layout, 'a', 'right')).toBe('c')
  expect([neighbourOf(layout, 'b', 'left'), neighbourOf(layout, 'c', 'left')]).toEqual(['a', 'a'])
  expect([neighbourOf(layout, 'b', 'down'), neighbourOf(layout, 'c', 'up')]).toEqual(['c', 'b'])
  expect([neighbourOf(layout, 'a', 'left'), neighbourOf(layout, 'a', 'up'), neighbourOf(one, 'a', 'down')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
