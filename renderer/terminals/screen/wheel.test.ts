import { expect, test } from 'vitest'
import { arrowKeys, WheelLines } from './wheel'

const screen = { rowPixels: 18, rows: 24 }

test('a notch is three lines however many pixels a browser calls it, and two notches are six', () => {
  const take = (deltaY: number): number => new WheelLines().take({ deltaY, deltaMode: 0 }, screen)
  expect([53, 100, 120, -100, 240].map(take)).toEqual([3, 3, 3, -3, 6])
})

test('a trackpad moves line by line, keeps what is less than one, and forgets it when it turns around', () => {
  const lines = new WheelLines()
  const take = (deltaY: number): number => lines.take({ deltaY, deltaMode: 0 }, screen)
  expect([9, 8, 2, 36].map(take)).toEqual([0, 0, 1, 2])
  expect([17, -2, -16].map(take)).toEqual([0, 0, -1])
})

test('lines and pages are taken as they are', () => {
  expect(new WheelLines().take({ deltaY: -3, deltaMode: 1 }, screen)).toBe(-3)
  expect(new WheelLines().take({ deltaY: 1, deltaMode: 2 }, screen)).toBe(24)
})

test('a program gets one arrow for each line, in the form that it has asked for', () => {
  expect(arrowKeys(-2, false)).toBe('\u001B[A\u001B[A')
  expect(arrowKeys(1, true)).toBe('\u001BOB')
  expect(arrowKeys(0, false)).toBe('')
})
