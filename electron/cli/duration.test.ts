import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { startDuration } from './duration'

const saved: SavedTarget = {
  id: 'a',
  name: 'web',
  environment: { kind: 'demo' },
  set: { hosts: 'Name=web-*', choice: 'random' },
  maxDurationMinutes: 90,
}
const SENTENCE =
  'The saved target "web" allows 1 h 30 min, and that has passed: the shell ends. Start it again to go on.'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the maximum duration of a saved target ends the command, as a sentence or as an error', async () => {
  using duration = startDuration(saved, 'the shell')
  const told: string[] = []
  void duration.passed.then((text) => told.push(text))
  await vi.advanceTimersByTimeAsync(89 * 60_000)
  expect(told).toEqual([])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told).toEqual([SENTENCE])
  await expect(duration.exceeded).rejects.toMatchObject({ code: 'session-ended', message: SENTENCE })
})

test('no clock runs without a saved target, without a maximum, and once the command has ended', () => {
  const { maxDurationMinutes: _, ...open } = saved
  for (const target of [undefined, open]) startDuration(target, 'the shell')
  startDuration(saved, 'the shell')[Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(0)
})
