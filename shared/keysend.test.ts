import { describe, expect, it } from 'vitest'
import { endOfVariables, timeIn } from './keysend'

const AT = Date.UTC(2030, 0, 1, 14, 32)

describe('the time of a variable', () => {
  it.each([
    ['2030-01-01T14:32:00Z', AT],
    ['2030-01-01T15:32:00+01:00', AT],
    ['2030-01-01 14:32:00.5z', AT + 500],
    ['2030-01-01T14:32Z', undefined],
    ['2030-01-01T14:32:00', undefined],
    ['2030-13-01T14:32:00Z', undefined],
    ['1893508320', undefined],
    ['in an hour', undefined],
  ])('%s', (text, expected) => {
    expect(timeIn(text)).toBe(expected)
  })

  it('is that of AWS_CREDENTIAL_EXPIRATION, else of AWS_SESSION_EXPIRATION', () => {
    const both = { AWS_CREDENTIAL_EXPIRATION: '2030-01-01T14:32:00Z', AWS_SESSION_EXPIRATION: '2031-01-01T00:00:00Z' }
    expect(endOfVariables(both)).toEqual({ endsAt: AT })
    expect(endOfVariables({ ...both, AWS_CREDENTIAL_EXPIRATION: 'soon' })).toEqual({ endsAt: Date.UTC(2031, 0, 1) })
    expect(endOfVariables({})).toEqual({})
  })

  it('is not known where no variable is a time, and the first of them is named', () => {
    expect(endOfVariables({ AWS_SESSION_EXPIRATION: 'soon' })).toEqual({
      malformed: { name: 'AWS_SESSION_EXPIRATION', text: 'soon' },
    })
  })
})
