import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HOUR_MS, wanted } from './authorizations.kit'
import { Authorizations, type AuthorizationState } from './authorizations'

let now: number
let changes: [string, AuthorizationState][]
let authorizations: Authorizations

beforeEach(() => {
  vi.useFakeTimers()
  now = 1_000_000
  changes = []
  authorizations = new Authorizations({
    now: () => now,
    changed: ({ id }, state) => changes.push([id, state]),
  })
})
afterEach(() => {
  authorizations[Symbol.dispose]()
  vi.useRealTimers()
})

/** Time passes, for the clock and for timers. */
function pass(ms: number): void {
  now += ms
  vi.advanceTimersByTime(ms)
}

const refused = (words: RegExp): unknown =>
  expect.objectContaining({ code: 'authorization-refused', message: expect.stringMatching(words) })

test('an authorization is pending, is redeemed after ten minutes, and ends', () => {
  const { authorization, secret } = authorizations.add(wanted())
  expect(authorization).toMatchObject({ createdAt: 1_000_000, expiresAt: 1_000_000 + HOUR_MS, connectionLimit: 1 })
  expect(authorization.id).toMatch(/^[0-9a-f]{12}$/)
  pass(600_000)
  const redemption = authorizations.redeem(secret)
  expect(redemption.authorization).toBe(authorization)
  redemption.end()
  expect(changes.map(([, state]) => state)).toEqual(['pending', 'redeemed', 'ended'])
})

test('a second redemption is refused with the time of the first, before and after its end', () => {
  const { secret } = authorizations.add(wanted())
  const redemption = authorizations.redeem(secret)
  expect(() => authorizations.redeem(secret)).toThrow(refused(/was used already, at \d\d:\d\d/))
  redemption.end()
  // Far beyond its expiry it still counts as used.
  pass(2 * HOUR_MS)
  expect(() => authorizations.redeem(secret)).toThrow(refused(/was used already/))
})

test('an expired one is refused as expired, also where the timer is late after a sleep', () => {
  const { secret } = authorizations.add(wanted())
  const asleep = authorizations.add(wanted())
  pass(HOUR_MS - 1)
  expect(authorizations.pending).toHaveLength(2)
  now += 1
  expect(() => authorizations.redeem(asleep.secret)).toThrow(refused(/expired at \d\d:\d\d/))
  vi.advanceTimersByTime(1)
  expect(changes.map(([, state]) => state)).toEqual(['pending', 'pending', 'expired', 'expired'])
  expect(() => authorizations.redeem(secret)).toThrow(refused(/expired at/))
  // The time of day alone would mislead.
  pass(72 * HOUR_MS)
  expect(() => authorizations.redeem(secret)).toThrow(refused(/expired at \d+ [A-Z][a-z]{2} \d\d:\d\d/))
})

test('an unknown token is refused as unknown', () => {
  authorizations.add(wanted())
  expect(() => authorizations.redeem('A'.repeat(43))).toThrow(refused(/does not know/))
})

test('a token whose session could not be opened works again, until it expires', () => {
  const { secret } = authorizations.add(wanted())
  authorizations.redeem(secret).giveBack()
  const again = authorizations.redeem(secret)
  again.giveBack()
  // Too late: it is pending again, and no end of the first session.
  again.end()
  pass(HOUR_MS)
  expect(() => authorizations.redeem(secret)).toThrow(refused(/expired/))
})

test('a revoked one is refused as revoked; one that was redeemed ends its session, and its token does not work again', () => {
  const pending = authorizations.add(wanted())
  const opening = authorizations.add(wanted())
  expect(authorizations.revoke(pending.authorization.id)).toBe(true)
  expect(authorizations.revoke(pending.authorization.id)).toBe(false)
  expect(authorizations.revoke('0123456789ab')).toBe(false)
  expect(() => authorizations.redeem(pending.secret)).toThrow(refused(/was revoked/))
  const redemption = authorizations.redeem(opening.secret)
  expect(redemption.revoked.aborted).toBe(false)
  expect(authorizations.revoke(opening.authorization.id)).toBe(true)
  expect(redemption.revoked.aborted).toBe(true)
  redemption.giveBack()
  expect(() => authorizations.redeem(opening.secret)).toThrow(refused(/was revoked/))
  expect(authorizations.pending).toHaveLength(0)
  expect(changes.map(([, state]) => state)).toEqual(['pending', 'pending', 'revoked', 'redeemed', 'revoked'])
})

test('no more than 1,000 are kept: those that are over make room, pending ones do not', () => {
  const { secret } = authorizations.add(wanted({ expiresAfterMs: 1 }))
  for (let count = 1; count < 1_000; count += 1) authorizations.add(wanted())
  expect(() => authorizations.add(wanted())).toThrow(refused(/1000 authorizations/))
  pass(1)
  authorizations.add(wanted())
  expect(() => authorizations.redeem(secret)).toThrow(refused(/does not know/))
  expect(authorizations.pending).toHaveLength(1_000)
})
