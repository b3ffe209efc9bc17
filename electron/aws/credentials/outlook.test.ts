import { describe, expect, it } from 'vitest'
import { endOfVariables, outlookOf, overSource, timeIn } from './outlook'

const keys = { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' }
const AT = Date.UTC(2030, 0, 1, 14, 32)

describe('the outlook of keys that only a person can replace', () => {
  it('is lasting for permanent keys, whatever a variable says of their end', () => {
    expect(outlookOf({}, AT)).toEqual({ kind: 'lasting' })
  })

  it('names the end of temporary keys', () => {
    expect(outlookOf(keys, AT)).toEqual({ kind: 'ending', endsAt: AT })
  })

  it('is unknown for temporary keys without an end', () => {
    expect(outlookOf(keys, undefined)).toEqual({ kind: 'unknown' })
  })
})

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
    expect(endOfVariables({ AWS_SESSION_EXPIRATION: 'soon\u0007' })).toEqual({
      problem: expect.stringMatching(/^AWS_SESSION_EXPIRATION is "soon", which is no time/),
    })
  })
})

describe('the keys of a role', () => {
  const role = { ...keys, expiration: new Date(AT) }

  it.each([
    ['last over keys that last', { kind: 'lasting' } as const, undefined],
    ['are of unknown end over such keys', { kind: 'unknown' } as const, { kind: 'unknown' }],
    ['end with their source', { kind: 'ending', endsAt: AT + 1 } as const, { kind: 'ending', endsAt: AT + 1 }],
    [
      'outlive a source that ends before them',
      { kind: 'ending', endsAt: AT - 1 } as const,
      { kind: 'ending', endsAt: AT },
    ],
  ])('%s', (_, source, expected) => {
    expect(overSource(role, source).outlook).toEqual(expected)
  })
})
