import { expect, test } from 'vitest'
import { informationBlock, localTime } from './information'

test('keys are aligned, and a value that is not known has no line', () => {
  expect(
    informationBlock('Target information', [
      ['Type', 'tcp'],
      ['Host Name', undefined],
      ['Connection Limit', '1'],
    ]),
  ).toBe('Target information:\n  Type:             tcp\n  Connection Limit: 1\n')
})

test('a time is RFC 3339 in the zone of this computer, and the same moment', () => {
  const at = Date.UTC(2026, 10, 29, 15, 18, 14)
  expect(localTime(at)).toMatch(/^2026-11-\d\dT\d\d:\d\d:14[+-]\d\d:\d\d$/)
  expect(Date.parse(localTime(at))).toBe(at)
})
