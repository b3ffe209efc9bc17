import { expect, test } from 'vitest'
import {
  shortSpan,
  placeWords,
  endsWords,
  holderWords,
  isEndable,
  kindOf,
  kindWords,
  momentWords,
  openMs,
  openWords,
  stateWords,
  ownerName,
} from './states'
import { NOW_AT, sample } from './sample.kit'

const HOUR_MS = 3_600_000

test('an owner is named by the last part of the ARN', () => {
  expect(ownerName('arn:aws:sts::482011937754:assumed-role/DataEngineer/ann@acme.example')).toBe('ann@acme.example')
  expect(ownerName('arn:aws:iam::482011937754:user/ops/jo')).toBe('jo')
  expect(ownerName('arn:aws:iam::482011937754:root')).toBe('root')
  expect(ownerName('jo')).toBe('jo')
})

test('whose a session is: our words, or the name of its owner', () => {
  expect(holderWords(sample())).toBe('mine')
  expect(holderWords(sample({ holder: 'another-computer' }))).toBe('another computer')
  expect(holderWords(sample({ holder: 'others', owner: 'arn:aws:iam::1:user/jo' }))).toBe('jo')
})

test('what a session does follows from its carrier, else from its document', () => {
  expect(kindOf({})).toBe('shell')
  expect(kindOf({ document: 'AWS-StartPortForwardingSession' })).toBe('port')
  expect(kindOf({ document: 'AWS-StartSSHSession' })).toBe('ssh')
  expect(kindOf({ document: 'AWS-StartInteractiveCommand' })).toBe('command')
  expect(kindOf({ document: 'acme-custom', carrier: { kind: 'forward', id: 'f', name: 'orders-db' } })).toBe('port')
  expect(kindWords({ carrier: { kind: 'forward', id: 'f', name: 'orders-db' } })).toBe('orders-db')
  expect(kindWords({ document: 'AWS-StartSSHSession' })).toBe('SSH')
})

test('an open session tells its age, an ended one when and after how long', () => {
  expect(openWords(sample(), NOW_AT)).toBe('1 h')
  const endAt = NOW_AT - HOUR_MS / 2
  expect(openWords(sample({ state: 'terminated', endAt }), NOW_AT)).toBe(`${momentWords(endAt, NOW_AT)}, after 30 min`)
  expect(openWords(sample({ state: 'terminated' }), NOW_AT)).toBe('–')
})

test('a time of another day has its date, and of another year its year', () => {
  const at = new Date(2026, 10, 3, 11, 42).getTime()
  const now = new Date(2026, 10, 29, 12, 0).getTime()
  expect(momentWords(at, now)).toBe('3 Nov 11:42')
  expect(momentWords(new Date(2025, 11, 31, 9, 5).getTime(), now)).toBe('31 Dec 2025 09:05')
  expect(momentWords(new Date(2026, 10, 29, 9, 5).getTime(), now)).toBe('09:05')
  expect(momentWords(new Date(2026, 10, 28, 23, 59).getTime(), now)).toBe('28 Nov 23:59')
})

test('the end by the maximum duration is told while the session is open, and marked when it is near', () => {
  expect(endsWords(sample({ maxDurationMs: 2 * HOUR_MS }), NOW_AT)).toEqual({ text: 'in 1 h', isSoon: false })
  expect(endsWords(sample({ maxDurationMs: HOUR_MS + 600_000 }), NOW_AT)).toEqual({ text: 'in 10 min', isSoon: true })
  expect(endsWords(sample({ maxDurationMs: HOUR_MS + 9_000 }), NOW_AT)?.text).toBe('in 9 s')
  expect(endsWords(sample({ maxDurationMs: HOUR_MS - 1 }), NOW_AT)).toEqual({ text: 'now', isSoon: true })
  expect(endsWords(sample(), NOW_AT)).toBeUndefined()
  expect(endsWords(sample({ maxDurationMs: 2 * HOUR_MS, state: 'terminated' }), NOW_AT)).toBeUndefined()
})

test('a session that is ending or has ended cannot be ended', () => {
  expect(
    (['pending', 'active', 'resuming', 'canceling', 'terminated'] as const).map((state) => isEndable({ state })),
  ).toEqual([true, true, true, false, false])
})

test('below a minute seconds are told', () => {
  expect([999, 1_000, 59_999, 60_000].map(shortSpan)).toEqual(['under 1 s', '1 s', '59 s', '1 min'])
})

test('an environment is named with its region, once that is known', () => {
  const { place } = sample()
  expect(placeWords(place)).toBe('acme-prod, eu-west-1')
  expect(placeWords({ ...place, region: '' })).toBe('acme-prod')
})

test('an authorization that nobody has used is not opening, and has been open for no time', () => {
  const authorization = sample({ id: 'pending:50472cc8339e', state: 'pending' })
  expect([stateWords(authorization).word, openWords(authorization, NOW_AT)]).toEqual(['Authorized', '–'])
  expect(openMs(authorization, NOW_AT)).toBeUndefined()
  expect(stateWords(sample({ state: 'pending' })).word).toBe('Opening')
})
