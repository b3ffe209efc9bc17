import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeSentinel } from './quoting'
import { SentinelFilter } from './sentinel'

const sentinel = { first: '\u0001culvert:0123', second: '4567:' }
const whole = sentinel.first + sentinel.second

function filtered(pieces: readonly (string | Uint8Array)[]): { output: string; status: number | undefined } {
  const filter = new SentinelFilter(sentinel)
  const output = Buffer.concat(pieces.map((piece) => filter.push(Buffer.from(piece))))
  return { output: output.toString('latin1'), status: filter.status }
}

describe('the filter', () => {
  test('takes out the sentinel and its status wherever message borders cut them', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 0, max: 255 }),
        fc.array(fc.nat(120), { maxLength: 12 }),
        (before, status, cuts) => {
          const all = Buffer.concat([before, Buffer.from(`${whole}${status};`)])
          const borders = [...new Set([0, ...cuts.filter((cut) => cut < all.length), all.length])].toSorted(
            (a, b) => a - b,
          )
          const pieces = borders.slice(1).map((end, index) => all.subarray(borders[index], end))
          expect(filtered(pieces)).toEqual({ output: Buffer.from(before).toString('latin1'), status })
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('never prints a byte of a sentinel that is torn off, wherever it is torn', () => {
    const end = `${whole}17;`
    for (let length = 1; length < end.length; length += 1) {
      expect(filtered(['out', end.slice(0, length)])).toEqual({ output: 'out', status: undefined })
      expect(filtered(['out', ...end.slice(0, length).split('')])).toEqual({ output: 'out', status: undefined })
    }
  })

  test('passes output that only begins like a sentinel, as soon as it is known', () => {
    expect(filtered(['a\u0001', 'culvert:', 'other'])).toEqual({ output: 'a\u0001culvert:other', status: undefined })
    expect(filtered([`\u0001\u0001${whole}3;`])).toEqual({ output: '\u0001\u0001', status: 3 })
  })

  test('passes on at once what cannot be the beginning of one', () => {
    const filter = new SentinelFilter(sentinel)
    expect(filter.push(Buffer.from('no line break')).toString()).toBe('no line break')
  })

  test('passes a sentinel without a status, and still finds the real one behind it', () => {
    expect(filtered([`${whole}oops ${whole}`, '4', ';'])).toEqual({ output: `${whole}oops `, status: 4 })
  })

  test('passes what comes behind the status', () => {
    expect(filtered([`x${whole}0;late`, ' more'])).toEqual({ output: 'xlate more', status: 0 })
  })

  test('knows no status before the sentinel has come', () => {
    expect(new SentinelFilter(makeSentinel()).status).toBeUndefined()
  })
})
