import { expect, test } from 'vitest'
import { savedForward } from '../../../e2e/kit/aws/forwards'
import { limitedBy, limitEndsAt, limitError } from './limit'

const forward = savedForward()

test('the limit counts from when it was turned on, in minutes of the clock that is given', () => {
  expect(limitEndsAt(forward, 1_000, 60_000)).toBeUndefined()
  expect(limitEndsAt({ ...forward, expiresAfterMinutes: 90 }, 1_000, 60_000)).toBe(5_401_000)
  expect(limitEndsAt({ ...forward, expiresAfterMinutes: 90 }, 1_000, 10)).toBe(1_900)
})

test('its error names the span as it was set, and what to do next', () => {
  expect(limitError({ ...forward, expiresAfterMinutes: 90 })).toEqual({
    code: 'forward-expired',
    message: 'The forward was set to end after 1 h 30 min, and has. Turn it on to start its time anew.',
  })
})

test('the limits of a saved target hold beside those of a forward on it, and for no other forward', () => {
  const set = { hosts: 'Name=web-*', choice: 'random' } as const
  const limits = { connectionLimit: 5, maxDurationMinutes: 60 }
  const saved = { id: 'web', name: 'web', environment: { kind: 'demo' }, set, ...limits } as const
  const on = { ...forward, target: { kind: 'saved', targetId: 'web' } } as const
  expect(limitedBy(on, saved)).toMatchObject({ maxConnections: 5, expiresAfterMinutes: 60 })
  const own = { ...on, maxConnections: 9, expiresAfterMinutes: 10 }
  expect(limitedBy(own, saved)).toMatchObject({ maxConnections: 5, expiresAfterMinutes: 10 })
  expect(limitedBy(own, undefined)).toBe(own)
  expect(limitedBy(forward, saved)).toBe(forward)
  expect(limitedBy({ ...on, target: { kind: 'saved', targetId: 'db' } }, saved)).not.toHaveProperty('maxConnections')
})
