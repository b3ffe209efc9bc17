import { expect, test } from 'vitest'
import { redact } from '../../../../shared/redaction'
import { digestOf, formatToken, isSameDigest, newHolderName, newSecret, parseToken } from './token'

const token = { holder: '0123456789ab', secret: 'A'.repeat(43) }

test('a token is read as it was written', () => {
  expect(formatToken(token)).toBe(`culvert-authz-1.0123456789ab.${'A'.repeat(43)}`)
  expect(parseToken(formatToken(token))).toEqual(token)
  const made = { holder: newHolderName(), secret: newSecret() }
  expect(parseToken(formatToken(made))).toEqual(made)
  expect(Buffer.from(made.secret, 'base64url')).toHaveLength(32)
})

test.each([
  ['nothing', ''],
  ['a path in place of the holder', `culvert-authz-1.../../tmp/x.${'A'.repeat(43)}`],
  ['a longer holder', `culvert-authz-1.0123456789abc.${'A'.repeat(43)}`],
  ['a short secret', `culvert-authz-1.0123456789ab.${'A'.repeat(42)}`],
  ['another version', `culvert-authz-2.0123456789ab.${'A'.repeat(43)}`],
  ['two lines', `culvert-authz-1.0123456789ab.${'A'.repeat(43)}\nmore`],
])('%s is refused, and not quoted', (_, text) => {
  expect(() => parseToken(text)).toThrow(expect.objectContaining({ code: 'authorization-refused' }))
  if (text !== '') expect(() => parseToken(text)).not.toThrow(text)
})

test('a digest is the same for the same secret only', () => {
  expect(isSameDigest(digestOf('one'), digestOf('one'))).toBe(true)
  expect(isSameDigest(digestOf('one'), digestOf('two'))).toBe(false)
  expect(isSameDigest(digestOf('one'), Buffer.alloc(3))).toBe(false)
})

test('a token in a sentence is redacted, also one that looks like a word', () => {
  expect(redact(`refused: ${formatToken(token)}.`)).toBe('refused: culvert-authz-1.[redacted]')
})
