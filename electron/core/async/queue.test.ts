import { expect, test } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { Queue } from './queue'

test('jobs run one after the other in their order, also behind one that has failed', async () => {
  const queue = new Queue()
  const gates = [deferred(), deferred(), deferred()]
  const began: number[] = []
  const jobs = gates.map(({ promise }, index) =>
    queue.run(async () => {
      began.push(index)
      await promise
      return index
    }),
  )
  await new Promise((resolve) => setImmediate(resolve))
  expect(began).toEqual([0])
  gates[2]?.resolve()
  gates[0]?.reject(new Error('no'))
  await expect(jobs[0]).rejects.toThrow('no')
  await new Promise((resolve) => setImmediate(resolve))
  expect(began).toEqual([0, 1])
  gates[1]?.resolve()
  expect(await jobs[1]).toBe(1)
  expect(await jobs[2]).toBe(2)
})

test('it is idle once the jobs so far are done, and never rejects for them', async () => {
  const queue = new Queue()
  const gate = deferred()
  let isIdle = false
  const failed = queue.run(() => gate.promise)
  const idle = queue.idle().then(() => (isIdle = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isIdle).toBe(false)
  gate.reject(new Error('no'))
  await idle
  await expect(failed).rejects.toThrow('no')
})
