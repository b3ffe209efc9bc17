import { describe, expect, it } from 'vitest'
import { outlookOf } from './outlook'

const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret' }

describe('the outlook of keys that only a person can replace', () => {
  it('is lasting for permanent keys', () => {
    expect(outlookOf(keys)).toEqual({ kind: 'lasting' })
  })

  it('names the end of temporary keys', () => {
    const endsAt = Date.UTC(2030, 0, 1)
    expect(outlookOf({ ...keys, sessionToken: 'token', expiration: new Date(endsAt) })).toEqual({
      kind: 'ending',
      endsAt,
    })
  })

  it('is unknown for temporary keys without an end', () => {
    expect(outlookOf({ ...keys, sessionToken: 'token' })).toEqual({ kind: 'unknown' })
  })
})
