import { expect, test } from 'vitest'
import { Seat, Workers } from './workers'

test('a session beyond the workers waits until one ends, in the order of their coming', () => {
  const workers = new Workers(2, 'silent')
  const started: string[] = []
  const seats = ['a', 'b', 'c', 'd'].map((name) => new Seat(workers, () => started.push(name)))
  expect(seats.map(({ hasWorker }) => hasWorker)).toEqual([true, true, false, false])
  seats[1]!.leave()
  seats[1]!.leave()
  expect(started).toEqual(['c'])
  seats[3]!.leave()
  seats[0]!.leave()
  expect(started).toEqual(['c'])
  expect(workers.isFull).toBe(false)
})

test('an agent without a limit has a worker for every session', () => {
  expect(new Seat(undefined, () => undefined)).toMatchObject({ hasWorker: true, isRefused: false })
})
