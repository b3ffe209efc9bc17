import { expect, test } from 'vitest'
import { forecastLine, forecastWords } from './forecast'
import type { Forecast } from './model/forecast'

const at = (hours: number, minutes: number, day = 22): number => new Date(2026, 10, day, hours, minutes).getTime()
const nowAt = at(13, 0)

const tunnel = (forecast: Forecast, expiresAt?: number): string =>
  forecastWords(forecast, { kind: 'tunnel', nowAt, expiresAt })

const ending: Forecast = {
  recycleAt: at(13, 40),
  keys: { kind: 'ending', endsAt: at(14, 32) },
  staysUntil: at(15, 31),
}

test('keys that end, and how long the tunnel stays up after them', () => {
  expect(tunnel(ending)).toBe('keys end 14:32, tunnel stays up until 15:31')
  expect(forecastLine(ending, { kind: 'terminal', nowAt })).toBe('Keys end 14:32, terminal stays up until 15:31')
  expect(tunnel({ ...ending, keys: { kind: 'ended', endsAt: at(12, 32) } })).toBe(
    'keys ended 12:32, tunnel stays up until 15:31',
  )
  expect(tunnel({ ...ending, keys: { kind: 'ended' } })).toBe('keys have ended, tunnel stays up until 15:31')
})

test('keys whose end is unknown', () => {
  expect(tunnel({ keys: { kind: 'unknown' }, recycleAt: at(14, 0), staysUntil: at(14, 0) })).toBe(
    "keys' end unknown; tunnel lives about 60 min after the last resume, now until 14:00",
  )
})

test('a denied ResumeSession: each recycle costs the connections', () => {
  const denied = 'ResumeSession is denied: each recycle costs the connections, the next at 13:40'
  expect(tunnel({ recycleAt: at(13, 40), isResumeDenied: true })).toBe(denied)
  expect(tunnel({ ...ending, isResumeDenied: true })).toBe(`keys end 14:32, tunnel stays up until 15:31; ${denied}`)
  expect(tunnel({ recycleAt: at(13, 40), keys: { kind: 'unknown' }, isResumeDenied: true })).toBe(
    `keys' end unknown; ${denied}`,
  )
  expect(forecastWords({ recycleAt: at(13, 40), isResumeDenied: true }, { kind: 'terminal', nowAt })).toBe(
    'ResumeSession is denied: each recycle ends the session, the next at 13:40',
  )
})

test('the limits of the account and of the forward; nothing where no end is expected', () => {
  expect(tunnel({ recycleAt: at(13, 40) })).toBe('')
  expect(tunnel({ endsAt: at(18, 24), idleEndsAt: at(13, 20) }, at(15, 0))).toBe(
    'idle limit 13:20; session ends 18:24; turns off 15:00',
  )
})

test('a day is named where the time alone could be taken for the one of today', () => {
  expect(tunnel({}, at(9, 5, 23))).toBe('turns off 23 Nov 09:05')
  expect(tunnel({}, at(8, 5, 23))).toBe('turns off 08:05')
})
