import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { before, until, withDeadline } from './deadline'

const endless = new Promise<never>(() => undefined)
const late = (): Error => new Error('late')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what takes too long is given up, told to stop, and leaves no timer', async () => {
  let given: AbortSignal | undefined
  const call = withDeadline({ signal: new AbortController().signal, ms: 120_000, late }, (signal) => {
    given = signal
    return endless
  }).catch((error: unknown) => error)
  vi.advanceTimersByTime(119_999)
  expect(given?.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(await call).toMatchObject({ message: 'late' })
  expect(given?.aborted).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('what is in time is given, and leaves no timer', async () => {
  const act = () => Promise.resolve(7)
  expect(await withDeadline({ signal: new AbortController().signal, ms: 1, late }, act)).toBe(7)
  expect(await before(Promise.resolve(8), 1, late)).toBe(8)
  expect(vi.getTimerCount()).toBe(0)
})

test('what is not awaited any more ends with the reason of the signal, also where that was aborted before', async () => {
  const reason = new Error('gone')
  const leaving = new AbortController()
  const call = withDeadline({ signal: leaving.signal, ms: 1_000, late }, () => endless).catch((error: unknown) => error)
  leaving.abort(reason)
  expect(await call).toBe(reason)
  await expect(until(endless, leaving.signal, late)).rejects.toMatchObject({ message: 'late' })
  await expect(withDeadline({ signal: leaving.signal, ms: 1_000, late }, () => endless)).rejects.toBe(reason)
  expect(vi.getTimerCount()).toBe(0)
})
