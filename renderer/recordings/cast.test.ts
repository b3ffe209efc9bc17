import { expect, it } from 'vitest'
import { CastReader, type Cast } from './cast'

const HEAD = '{"version":2,"width":80,"height":24}\n'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Reads a file in pieces of `size` bytes. */
function read(text: string, size = 7): Cast | undefined {
  const reader = new CastReader()
  const whole = bytes(text)
  for (let at = 0; at < whole.length; at += size) reader.push(whole.subarray(at, at + size))
  return reader.finish()
}

it('reads output, sizes and markers, however the file is cut into pieces', () => {
  const text = `${HEAD}[0.5,"o","Zürich ✓\\r\\n"]\n[1,"r","100x30"]\n[2.25,"m","resumed after 12 s"]\n[3,"o","b"]\n`
  const whole = read(text, 1_000)
  expect(whole).toEqual({
    cols: 80,
    rows: 24,
    events: [
      [500, 'o', 'Zürich ✓\r\n'],
      [1_000, 'r', '100x30'],
      [3_000, 'o', 'b'],
    ],
    markers: [{ at: 2_250, label: 'resumed after 12 s' }],
    durationMs: 3_000,
    damagedLines: 0,
    isCut: false,
  })
  for (const size of [1, 2, 3, 11]) expect(read(text, size)).toEqual(whole)
})

it('drops a torn last line in silence, and counts damaged lines before it', () => {
  const cast = read(`${HEAD}[1,"o","a"]\nnonsense\n[2,"o"]\n[2,"r","wide"]\n["3","o","c"]\n[4,"o","d`)
  expect(cast?.events).toEqual([[1_000, 'o', 'a']])
  expect(cast?.damagedLines).toBe(4)
})

it('plays a last line without its end of line', () => {
  expect(read(`${HEAD}[1,"o","a"]\n[2,"o","b"]`)?.durationMs).toBe(2_000)
})

it('never plays typed input, nor kinds that it does not know', () => {
  const cast = read(`${HEAD}[1,"i","secret"]\n[2,"x","0"]\n[3,"o","a"]\n`)
  expect(cast?.events).toEqual([[3_000, 'o', 'a']])
})

it('bounds the sizes of the screen, the times and the labels', () => {
  const label = 'x'.repeat(5_000)
  const cast = read(
    `{"version":2,"width":90000,"height":1e9}\n[1,"r","999999x0"]\n[1e300,"o","late"]\n[-1,"o","early"]\n[2,"m","${label}"]\n`,
    10_000,
  )
  expect([cast?.cols, cast?.rows, cast?.events, cast?.damagedLines]).toEqual([1_000, 500, [[1_000, 'r', '1000x1']], 2])
  expect(cast?.markers[0]?.label.length).toBe(200)
})

it('keeps times that go back in their order', () => {
  expect(read(`${HEAD}[5,"o","a"]\n[1,"o","b"]\n`)?.events).toEqual([
    [5_000, 'o', 'a'],
    [5_000, 'o', 'b'],
  ])
})

it('knows a file that is no recording, and asks for no more of it', () => {
  for (const head of [
    '',
    'GIF89a\n',
    '{"version":3,"term":{}}\n',
    '{"version":2,"width":"80","height":24}\n',
    '[1,"o","a"]\n',
  ]) {
    expect([head, read(head)]).toEqual([head, undefined])
  }
  const reader = new CastReader()
  reader.push(bytes('GIF89a\n'))
  expect(reader.isFull).toBe(true)
})

it('skips a line without an end in bounded memory, and goes on behind it', () => {
  const reader = new CastReader()
  reader.push(bytes(HEAD))
  const filler = bytes('x'.repeat(1_048_576))
  for (let count = 0; count < 8; count += 1) reader.push(filler)
  reader.push(bytes('\n[1,"o","a"]\n'))
  const cast = reader.finish()
  expect([cast?.events, cast?.damagedLines]).toEqual([[[1_000, 'o', 'a']], 1])
})

it('plays a bounded number of events', () => {
  const reader = new CastReader(3)
  reader.push(bytes(`${HEAD}${'[1,"o",""]\n'.repeat(4)}`))
  expect(reader.isFull).toBe(true)
  const cast = reader.finish()
  expect([cast?.events.length, cast?.isCut]).toEqual([3, true])
})
