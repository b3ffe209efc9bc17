import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Scrollback } from './scrollback'

it('answers from any offset with exactly the bytes behind it, or from the oldest that it keeps', () => {
  let forgotten = 0
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 10, maxLength: 50 }), { minLength: 20, maxLength: 60 }),
      fc.oneof(fc.constant(0), fc.nat({ max: 2_000 })),
      (chunks, offset) => {
        const scrollback = new Scrollback(300)
        for (const chunk of chunks) scrollback.append(Buffer.from(chunk))
        const all = Buffer.concat(chunks)
        const { startOffset, bytes } = scrollback.read(offset)
        expect(scrollback.endOffset).toBe(all.length)
        expect(startOffset + bytes.length).toBe(all.length)
        expect(bytes.equals(all.subarray(startOffset))).toBe(true)
        expect(startOffset).toBeGreaterThanOrEqual(Math.min(offset, all.length))
        // No more than one chunk over the limit, and nothing given up while it fits.
        expect(bytes.length).toBeLessThanOrEqual(300)
        if (all.length <= 300) expect(startOffset).toBe(Math.min(offset, all.length))
        else if (startOffset > offset) forgotten += 1
      },
    ),
  )
  expect(forgotten).toBeGreaterThan(0)
})
