import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { savedForward } from '../../../e2e/kit/aws/forwards'
import type { ForwardView } from '../../../shared/model/forward'
import { GatheredView } from './gathered'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const off: ForwardView = {
  forward: savedForward(),
  isOn: false,
  state: { kind: 'off' },
  localPort: 0,
  openConnections: 0,
}

/** A view and the numbers of open connections that were shown, one after the other. */
function make(): { view: GatheredView; shown: number[]; open: (count: number) => void } {
  const shown: number[] = []
  const view: GatheredView = new GatheredView(off, () => shown.push(view.shown.openConnections))
  return { view, shown, open: (count) => view.gather({ ...view.now, openConnections: count }) }
}

test('the first counter is shown at once, those behind it together after 250 ms, the newest last', () => {
  const { view, shown, open } = make()
  for (let count = 1; count <= 200; count += 1) open(count)
  expect(shown).toEqual([1])
  expect(view.now.openConnections).toBe(200)
  vi.advanceTimersByTime(249)
  expect(shown).toEqual([1])
  vi.advanceTimersByTime(1)
  expect(shown).toEqual([1, 200])
  // The pause begins anew: four changes a second, and no more.
  open(199)
  vi.advanceTimersByTime(249)
  expect(shown).toEqual([1, 200])
  vi.advanceTimersByTime(1)
  expect(shown).toEqual([1, 200, 199])
  // Nothing new: the pause is over, and the next counter is shown at once.
  vi.advanceTimersByTime(250)
  expect(vi.getTimerCount()).toBe(0)
  open(5)
  expect(shown).toEqual([1, 200, 199, 5])
})

test('a state is shown at once, and the counters that wait travel with it', () => {
  const { view, shown, open } = make()
  open(1)
  open(2)
  view.show({ ...view.now, state: { kind: 'connecting' } })
  expect(shown).toEqual([1, 2])
  expect(view.shown.state.kind).toBe('connecting')
  // What was shown with the state is not shown once more.
  vi.advanceTimersByTime(1_000)
  expect(shown).toEqual([1, 2])
})

test('a view without a change keeps its identity, and a gathered one costs no telling', () => {
  const { view, shown } = make()
  view.gather({ ...view.now })
  expect(shown).toEqual([])
  view.show({ ...view.now })
  expect(view.shown).toBe(off)
  const { localPort: _port, ...without } = view.now
  view.show({ ...without, localPort: 0, openConnections: 0, lastUpAt: 1 })
  expect(view.shown).not.toBe(off)
})

test('its end shows what waits and leaves no timer', () => {
  const { view, shown, open } = make()
  open(1)
  open(2)
  view[Symbol.dispose]()
  expect(shown).toEqual([1, 2])
  expect(vi.getTimerCount()).toBe(0)
  open(3)
  expect(shown).toEqual([1, 2, 3])
  expect(vi.getTimerCount()).toBe(0)
})
