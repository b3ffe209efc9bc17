import { expect, test } from 'vitest'
import { encodeFrames, encodeWord, FrameKind, FrameReader } from './frames'

test('frames are read as they were written, whatever the pieces are', () => {
  const big = Buffer.alloc(150_000, 7)
  const all = Buffer.concat([
    encodeWord({ kind: 'size', cols: 80 }),
    encodeFrames(FrameKind.input, Buffer.from('ls\n')),
    encodeFrames(FrameKind.output, big),
    encodeFrames(FrameKind.errors, Buffer.alloc(0)),
  ])
  for (const step of [1, 4, 5, 4_096, all.length]) {
    const reader = new FrameReader()
    const frames = []
    for (let at = 0; at < all.length; at += step) frames.push(...reader.read(all.subarray(at, at + step)))
    expect(frames.map(({ kind, bytes }) => [kind, bytes.length])).toEqual([
      [0, 25],
      [3, 3],
      [1, 65_536],
      [1, 65_536],
      [1, 18_928],
    ])
    expect(JSON.parse(String(frames[0]?.bytes))).toEqual({ kind: 'size', cols: 80 })
    expect(frames[1]?.bytes.toString()).toBe('ls\n')
    expect(Buffer.concat(frames.slice(2).map(({ bytes }) => bytes)).equals(big)).toBe(true)
  }
})

test.each([
  ['too long', Buffer.from([1, 0, 1, 0, 1])],
  ['of another kind', Buffer.from([4, 0, 0, 0, 0])],
])('a frame that is %s is refused before its bytes have come', (_, head) => {
  expect(() => new FrameReader().read(head)).toThrow(expect.objectContaining({ code: 'protocol' }))
})

test('a word that is longer than a frame is a fault of ours', () => {
  expect(() => encodeWord({ text: 'x'.repeat(65_536) })).toThrow(expect.objectContaining({ code: 'internal' }))
})
