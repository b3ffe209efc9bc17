import { expect, test } from 'vitest'
import { Holding } from './holding'

function makeHolding() {
  const clock = { at: 1_000_000 }
  const holding = new Holding({ cols: 80, rows: 24 }, 'a', () => clock.at)
  return { holding, clock }
}

test('a query is answered once, by the window that holds the terminal', () => {
  const { holding } = makeHolding()
  holding.said(100)
  expect(holding.takesAnswer('b', 50)).toBe(false)
  expect(holding.takesAnswer('a', 50)).toBe(true)
  // The same output after a reload, cut at the same place, and at a later one.
  expect(holding.takesAnswer('a', 50)).toBe(false)
  expect(holding.takesAnswer('a', 40)).toBe(false)
  holding.heldBy = 'b'
  expect(holding.takesAnswer('a', 100)).toBe(false)
  expect(holding.takesAnswer('b', 100)).toBe(true)
  expect(holding.answeredOffset).toBe(100)
})

test('a query that found no window for 15 s gets no answer, a newer one does', () => {
  const { holding, clock } = makeHolding()
  holding.said(100)
  clock.at += 10_000
  holding.said(200)
  clock.at += 4_900
  expect(holding.answeredOffset).toBe(0)
  clock.at += 200
  expect(holding.answeredOffset).toBe(100)
  expect(holding.takesAnswer('a', 100)).toBe(false)
  expect(holding.takesAnswer('a', 200)).toBe(true)
})

test('output without an end is remembered by a few marks', () => {
  const { holding, clock } = makeHolding()
  for (let offset = 1; offset <= 100_000; offset += 1) {
    holding.said(offset)
    clock.at += 100
  }
  // 15 s are 150 bytes here; a mark stands for a second.
  expect(holding.answeredOffset).toBeGreaterThanOrEqual(100_000 - 160)
  expect(holding.answeredOffset).toBeLessThanOrEqual(100_000 - 140)
})

test('what a session has asked is answered in no later one', () => {
  const { holding } = makeHolding()
  holding.said(100)
  holding.close(100)
  expect(holding.takesAnswer('a', 90)).toBe(false)
})
