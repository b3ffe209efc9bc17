import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { settledOrAborted, unlessAborted } from './aborting'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

test('work that settles first decides, and leaves no listener on the signal', async () => {
  const { signal } = new AbortController()
  const [good, bad] = [deferred<string>(), deferred<string>()]
  const [answer, failure] = [unlessAborted(good.promise, signal), unlessAborted(bad.promise, signal)]
  expect(listeners(signal)).toBe(2)
  good.resolve('done')
  bad.reject(new Error('no'))
  expect(await answer).toBe('done')
  await expect(failure).rejects.toThrow('no')
  expect(listeners(signal)).toBe(0)
})

test('a signal that is aborted first rejects with its reason, also where the work goes on or fails later', async () => {
  const abort = new AbortController()
  const work = deferred<string>()
  const answer = unlessAborted(work.promise, abort.signal)
  const reason = new Error('enough')
  abort.abort(reason)
  await expect(answer).rejects.toBe(reason)
  await expect(unlessAborted(Promise.resolve('late'), abort.signal)).rejects.toBe(reason)
  expect(listeners(abort.signal)).toBe(0)
  // Heard by nobody else: an unhandled rejection would fail this run.
  work.reject(new Error('later'))
})

test('of several signals the first that is aborted ends the waiting, and none keeps a listener', async () => {
  const [one, other] = [new AbortController(), new AbortController()]
  const waiting = settledOrAborted(deferred().promise, [one.signal, other.signal])
  other.abort()
  await waiting
  expect([listeners(one.signal), listeners(other.signal)]).toEqual([0, 0])
  // Aborted before: it does not wait at all.
  await settledOrAborted(deferred().promise, [one.signal, other.signal])
  expect(listeners(one.signal)).toBe(0)
})

test('waiting for work never rejects, whatever becomes of the work', async () => {
  await settledOrAborted(Promise.reject(new Error('no')), [])
})
