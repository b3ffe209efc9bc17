import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { closingError, Ends, settledWithin } from './closing'

test('a late request is told that Culvert is closing', () => {
  expect(closingError()).toMatchObject({ code: 'not-running' })
})

describe('a wait with a bound', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  test('ends with the work, however that ends, and leaves no timer', async () => {
    await settledWithin(Promise.resolve(), 1_000)
    await settledWithin(Promise.reject(new Error('no')), 1_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('ends after its time where the work hangs, and not before', async () => {
    let isOver = false
    const waiting = settledWithin(deferred().promise, 1_000).then(() => (isOver = true))
    await vi.advanceTimersByTimeAsync(999)
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(isOver).toBe(true)
    await waiting
  })
})

describe('endings', () => {
  test('are awaited, also those that are added meanwhile and those that fail', async () => {
    const ends = new Ends()
    const [first, second] = [deferred(), deferred()]
    void ends.add(first.promise)
    let isIdle = false
    const idle = ends.idle().then(() => (isIdle = true))
    void ends.add(second.promise)
    first.reject(new Error('its caller heard of it'))
    await Promise.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    expect(isIdle).toBe(false)
    second.resolve()
    await idle
    await ends.idle()
  })

  test('each resolves for its caller once it has settled', async () => {
    const ends = new Ends()
    const work = deferred()
    let isOver = false
    const end = ends.add(work.promise).then(() => (isOver = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isOver).toBe(false)
    work.reject(new Error('no'))
    await end
  })
})
