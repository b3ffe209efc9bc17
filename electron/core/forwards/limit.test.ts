import { expect, test } from 'vitest'
import { savedForward } from '../../../e2e/kit/aws/forwards'
import { limitEndsAt, limitError } from './limit'

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
