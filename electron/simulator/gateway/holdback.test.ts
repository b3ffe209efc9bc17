import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completeLength } from './holdback'

test.each([
  ['plain ASCII', '68656c6c6f', 5],
  ['a complete two-byte sequence', '61c3a9', 3],
  ['the first byte of two', '61c3', 1],
  ['two bytes of three', '61e282', 1],
  ['three bytes of four', '61f09f98', 1],
  ['a complete four-byte sequence', '61f09f9880', 5],
  ['an invalid byte at the end', '6161ff', 2],
  ['an invalid byte three bytes from the end', '61ff6162', 1],
  ['an invalid byte earlier passes through', '61ff616263', 5],
  ['an overlong form at the end', '61c080', 1],
  ['a surrogate at the end', '61eda080', 1],
  ['nothing', '', 0],
])('%s', (_, hex, length) => {
  expect(completeLength(Buffer.from(hex, 'hex'))).toBe(length)
})

test('valid text is never split, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(), (text, at) => {
      const bytes = Buffer.from(text)
      const cut = bytes.length === 0 ? 0 : at % (bytes.length + 1)
      const head = bytes.subarray(0, cut)
      const length = completeLength(head)
      expect(cut - length).toBeLessThanOrEqual(3)
      const sent = head.subarray(0, length)
      expect(Buffer.from(sent.toString('utf8')).equals(sent)).toBe(true)
    }),
    { numRuns: 50 },
  )
})
