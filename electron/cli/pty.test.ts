import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PtyLines } from './pty'

/** What a terminal makes of a program's output. */
const asTerminal = (bytes: Uint8Array): number[] =>
  [...bytes].flatMap((byte) => (byte === 0x0a ? [0x0d, 0x0a] : [byte]))

test('the bytes of a program come back, however the output is cut', () => {
  const byte = fc.constantFrom(0x0a, 0x0d, 0x41)
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), fc.array(fc.integer({ min: 0, max: 40 })), (bytes, cuts) => {
      const sent = asTerminal(Uint8Array.from(bytes))
      const lines = new PtyLines()
      const borders = [0, ...cuts.toSorted((a, b) => a - b), sent.length]
      const got = borders
        .slice(1)
        .flatMap((end, index) => [...lines.push(Uint8Array.from(sent.slice(borders[index], end)))])
      expect([...got, ...lines.end()]).toEqual(bytes)
    }),
  )
})
