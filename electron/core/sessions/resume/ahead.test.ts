import { describe, expect, it, test } from 'vitest'
import { AppError } from '../../../../shared/errors'
import { aheadAt, aheadRetryMs, isDenied, mayCloseFirst, refusalOf, type AheadFacts } from './ahead'

const MINUTE_MS = 60_000
const NOW = 1_000_000_000
const at = (minutes: number): number => NOW + minutes * MINUTE_MS

const facts: AheadFacts = {
  nowAt: NOW,
  outlook: { kind: 'unknown' },
  socketSinceAt: NOW,
  isOut: false,
  isResumeDenied: false,
  areKeysRefused: false,
  usedAt: NOW,
  idleTimeoutMs: 20 * MINUTE_MS,
  retryAt: undefined,
  jitter: 0,
  afterMinutes: 15,
  minuteMs: MINUTE_MS,
}

/** In minutes from now; undefined: never. */
function due(change: Partial<AheadFacts>): number | undefined {
  const time = aheadAt({ ...facts, ...change })
  return time === undefined ? undefined : (time - NOW) / MINUTE_MS
}

const ending = (minutes: number) => ({ outlook: { kind: 'ending', endsAt: at(minutes) } }) as const

describe('an open session is resumed ahead', () => {
  it('never with keys that are renewed', () => {
    expect(due({ outlook: { kind: 'lasting' }, socketSinceAt: at(-59) })).toBeUndefined()
  })

  it('2 min before its keys end, 15 s sooner or later, if the socket is not recycled sooner', () => {
    expect([due(ending(32)), due({ ...ending(32), jitter: 1 }), due({ ...ending(32), jitter: -1 })]).toEqual([
      30, 30.25, 29.75,
    ])
    expect([due(ending(61)), due(ending(62))]).toEqual([59, undefined])
    expect(due({ ...ending(32), socketSinceAt: at(-30) })).toBeUndefined()
  })

  it('at once where that moment is past and the socket is older, and not where the socket is younger', () => {
    expect(due({ ...ending(1), socketSinceAt: at(-20) })).toBe(-1)
    expect(due({ ...ending(1), socketSinceAt: at(-0.5) })).toBeUndefined()
    expect(due({ ...ending(0), socketSinceAt: at(-20) })).toBeUndefined()
  })

  it('at the age that was set where the end of the keys is not known, at most 15 s later', () => {
    expect([due({}), due({ afterMinutes: 5 }), due({ jitter: -1 }), due({ jitter: 1 })]).toEqual([15, 5, 15.25, 15.25])
    expect(due({ socketSinceAt: at(-40) })).toBe(-25)
    expect(due({ afterMinutes: 60 })).toBeUndefined()
  })

  it('on the clock of the service', () => {
    expect(aheadAt({ ...facts, minuteMs: 100 })).toBe(NOW + 1_500)
  })

  it('not during an outage, not where it is denied, and not with keys that AWS has refused', () => {
    for (const outlook of [{ kind: 'unknown' }, ending(10).outlook] as const) {
      const socketSinceAt = at(-30)
      expect(due({ outlook, socketSinceAt })).toBeDefined()
      expect(due({ outlook, socketSinceAt, isOut: true })).toBeUndefined()
      expect(due({ outlook, socketSinceAt, isResumeDenied: true })).toBeUndefined()
      expect(due({ outlook, socketSinceAt, areKeysRefused: true })).toBeUndefined()
    }
  })

  it("not once nothing was carried for the account's idle timeout", () => {
    for (const outlook of [{ kind: 'unknown' }, ending(10).outlook] as const) {
      const socketSinceAt = at(-30)
      expect(due({ outlook, socketSinceAt, usedAt: at(-19.9) })).toBeDefined()
      expect(due({ outlook, socketSinceAt, usedAt: at(-20) })).toBeUndefined()
    }
  })

  it('again after a failure when its pause is over, and not after the keys have ended', () => {
    expect(due({ socketSinceAt: at(-20), retryAt: at(0.25) })).toBe(0.25)
    expect(due({ ...ending(1), socketSinceAt: at(-20), retryAt: at(0.5) })).toBe(0.5)
    const pauses = [1, 2, 3, 4, 5, 6, 50].map((failures) => aheadRetryMs(failures, MINUTE_MS) / MINUTE_MS)
    expect(pauses).toEqual([0.25, 0.5, 1, 2, 4, 5, 5])
  })
})

test('the attached socket is closed first only with a minute of keys left', () => {
  expect(mayCloseFirst(ending(1).outlook, NOW, MINUTE_MS)).toBe(true)
  expect(mayCloseFirst({ kind: 'ending', endsAt: at(1) - 1 }, NOW, MINUTE_MS)).toBe(false)
  // AWS has just accepted them.
  expect(mayCloseFirst({ kind: 'unknown' }, NOW, MINUTE_MS)).toBe(true)
})

test.each([
  [new AppError('access-denied', 'no'), 'denied'],
  [new AppError('session-gone', 'no', { cause: new AppError('access-denied', 'no') }), 'denied'],
  [new AppError('session-gone', 'no such session'), 'later'],
  [new AppError('credentials-expired', 'over'), 'keys-ended'],
  [new AppError('credentials-missing', 'none'), 'keys-ended'],
  [new AppError('throttled', 'The session is connected.'), 'later'],
  [new AppError('network', 'connected'), 'later'],
  [new AppError('service', 'AWS refused: Session s-1 is connected.'), 'connected'],
  [new AppError('usage', 'Session is already Connected'), 'connected'],
  [new AppError('service', 'i-1 is not connected.'), 'later'],
  [new AppError('service', 'The session was disconnected.'), 'later'],
  [new AppError('upgrade-refused', 'HTTP 403'), 'later'],
])('a refusal %s means %s', (error, means) => {
  expect(refusalOf(error)).toBe(means)
  expect(isDenied(error)).toBe(means === 'denied')
})
