import { expect, test } from 'vitest'
import { deferred } from './deferred'

test('the first outcome counts, whichever end decides', async () => {
  const done = deferred<number>()
  done.resolve(1)
  done.reject(new Error('late'))
  await expect(done.promise).resolves.toBe(1)
  const failed = deferred()
  failed.reject(new Error('no'))
  failed.resolve()
  await expect(failed.promise).rejects.toThrow('no')
})

test('an outcome may be another promise', async () => {
  const outer = deferred<string>()
  outer.resolve(Promise.resolve('inner'))
  await expect(outer.promise).resolves.toBe('inner')
})
