import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OutputGuard } from './guard'

const size = { cols: 80, rows: 24 }

function written(...pieces: readonly (string | Uint8Array)[]): string {
  const guard = new OutputGuard(() => size)
  return pieces.map((piece) => guard.push(typeof piece === 'string' ? Buffer.from(piece) : piece)).join('')
}

test.each([
  ['repeat', 'x\u001B[2147483647b', 'x\u001B[1920b'],
  ['tab forward', '\u001B[99999I', '\u001B[80I'],
  ['tab back', '\u001B[99999Z', '\u001B[80Z'],
  ['insert lines', '\u001B[99999L', '\u001B[24L'],
  ['delete lines', '\u001B[99999M', '\u001B[24M'],
  ['scroll up', '\u001B[99999S', '\u001B[24S'],
  ['scroll down', '\u001B[99999T', '\u001B[24T'],
  ['begun by U+009B', 'x\u009B2147483647b', 'x\u009B1920b'],
  ['begun again by U+009B', 'x\u001B[2\u009B2147483647b', 'x\u001B[2\u009B1920b'],
  ['with leading zeros', '\u001B[000000099999L', '\u001B[24L'],
  ['with a second parameter', '\u001B[1;99999b', '\u001B[1;1920b'],
  ['with controls between its digits', '\u001B[99\n9\u007F99L', '\u001B[\n\u007F24L'],
  ['with a control after its escape', '\u001B\n[99999L', '\u001B\n[24L'],
  ['inside a title, which it ends', '\u001B]0;t\u001B[99999L', '\u001B]0;t\u001B[24L'],
  ['behind an escape that is given up', '\u001B\u001B[99999L', '\u001B\u001B[24L'],
])('a count beyond the screen is cut: %s', (_, said, safe) => {
  expect(written(said)).toBe(safe)
})

test.each([
  ['counts that fit', 'x\u001B[5b\u001B[24L\u001B[3S'],
  ['positions, colours and modes', '\u001B[99999;99999H\u001B[38;2;250;250;240m\u001B[?2004h\u001B[4;200r'],
  ['titles and other text', '\u001B]0;99999L\u0007plain 99999L \u{1F468}\u200D\u{1F469} ü'],
  ['a sequence that is given up', '\u001B[99999\u0018L'],
])('all else comes through as it is: %s', (_, said) => {
  expect(written(said)).toBe(said)
})

test('bytes that xterm.js would drop cannot hide a sequence', () => {
  const hidden = [
    Buffer.concat([Buffer.from('\u001B'), Buffer.from([0xff]), Buffer.from('[99999L')]),
    Buffer.from('\u001B\uFEFF[99999L'),
    Buffer.concat([Buffer.from('\u001B['), Buffer.from([0xc3]), Buffer.from('99999L')]),
    Buffer.from('\u001B[99\uFEFF999L'),
  ]
  const texts = hidden.map((bytes) => written(bytes))
  expect(texts).toEqual(['\u001B\uFFFD[99999L', '\u001B[24L', '\u001B[\uFFFD99999L', '\u001B[24L'])
})

test('a sequence without an end is given up, and costs no memory', () => {
  const guard = new OutputGuard(() => size)
  const text = guard.push(Buffer.from(`\u001B[${'1'.repeat(100_000)}L.`))
  expect(text.startsWith('\u001B[\u0018')).toBe(true)
  expect(text.endsWith('1L.')).toBe(true)
})

test('other output after a gap begins anew', () => {
  const guard = new OutputGuard(() => size)
  guard.push(Buffer.from([0x1b, 0x5b, 0x39, 0xe2]))
  guard.reset()
  expect(guard.push(Buffer.from('9L€'))).toBe('9L€')
})

test('any cut into pieces says the same as the whole', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '\u001B',
      '[',
      '\u009B',
      '99999',
      '7',
      ';',
      'b',
      'L',
      'm',
      '\n',
      '\u0018',
      '\uFEFF',
      '€',
      'text',
      '\u001B[99999b',
    ),
    fc.string({ maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), fc.array(fc.nat(100), { maxLength: 10 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''))
      const at = [
        0,
        ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((one, other) => one - other),
        bytes.length,
      ]
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
      const whole = written(bytes)
      expect(written(...pieces)).toBe(whole)
      // No count in the written text is larger than the screen.
      // oxlint-disable-next-line no-control-regex
      for (const [, count] of whole.matchAll(/\u001B\[(\d+)[bIZLMST]/g))
        expect(Number(count)).toBeLessThanOrEqual(1_920)
    }),
    { numRuns: 500 },
  )
})
