import { describe, expect, it } from 'vitest'
import { malformedEnd, outlookOf, overSource } from './outlook'

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

it('a variable that is no time is named', () => {
  expect(malformedEnd({ name: 'AWS_SESSION_EXPIRATION', text: 'soon\u0007' })).toMatch(
    /^AWS_SESSION_EXPIRATION is "soon", which is no time/,
  )
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
