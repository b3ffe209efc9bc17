import { expect, test } from 'vitest'
import {
  encodeEvent,
  encodeHeader,
  encodeSize,
  HEADER_BYTES,
  OutputEncoder,
  parseEvent,
  parseHeader,
  type CastHeader,
} from './cast'

const header: CastHeader = {
  version: 2,
  width: 80,
  height: 24,
  timestamp: 1_796_000_000,
  title: 'web-1 in prod',
  culvert: {
    environment: 'prod',
    region: 'eu-west-1',
    target: 'i-0123456789abcdef0',
    targetName: 'web-1',
    kind: 'shell',
    operationId: 'o',
    writer: 'w',
    gaps: 0,
  },
}

test('a header keeps its room, so that it is written again in its place', () => {
  const first = encodeHeader(header)
  const last = encodeHeader({
    ...header,
    culvert: { ...header.culvert, gaps: 123_456, endedAt: 1_796_000_000_000, durationMs: 9e9 },
  })
  expect([first.length, last.length]).toEqual([HEADER_BYTES, HEADER_BYTES])
  expect(first.indexOf('\n')).toBe(HEADER_BYTES - 1)
  expect(parseHeader(last.toString())?.culvert.gaps).toBe(123_456)
})

test('a header whose names are long or escaped still has its room', () => {
  const long = '\u0001'.repeat(299) + '\u{1F600}'.slice(0, 1)
  const culvert = { ...header.culvert, environment: long, target: long, targetName: long, region: long }
  const encoded = encodeHeader({ ...header, culvert })
  expect(encoded.length).toBe(HEADER_BYTES)
  expect(parseHeader(encoded.toString())?.culvert.target).toBe('\u0001'.repeat(40))
})

test.each([
  '',
  '{',
  '[]',
  '{"version":1,"width":80,"height":24,"timestamp":1}',
  '{"version":2,"width":0,"height":24,"timestamp":1}',
])('the line %j is no header', (line) => expect(parseHeader(line)).toBeUndefined())

test('events are read as they were written; a torn line is none', () => {
  const line = encodeEvent(1_250, 'o', 'a"\u001b[0m\u2028\n')
  expect(parseEvent(line)).toEqual({ at: 1_250, kind: 'output', text: 'a"\u001b[0m\u2028\n' })
  expect(parseEvent(encodeSize(2, { cols: 100, rows: 50 }))).toEqual({ at: 2, kind: 'size', text: '100x50' })
  for (let end = 0; end < line.length - 1; end += 1) expect(parseEvent(line.slice(0, end))).toBeUndefined()
  expect(parseEvent('[1,"i","typed"]')).toBeUndefined()
})

test('output is cut between characters, whatever its pieces are', () => {
  const said = `grün ${'語'.repeat(5_500)} \u{1F600} ${'x'.repeat(300)}`
  const bytes = Buffer.from(said)
  for (const size of [1, 16_384, bytes.length]) {
    const encoder = new OutputEncoder()
    let lines = ''
    for (let at = 0; at < bytes.length; at += size) lines += encoder.encode(at, bytes.subarray(at, at + size))
    lines += encoder.flush(0)
    const texts = lines
      .split('\n')
      .slice(0, -1)
      .map((line) => parseEvent(line)?.text ?? '')
    expect(texts.join('')).toBe(said)
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(16_390)
  }
})

test('bytes that are no UTF-8 become U+FFFD, also at the end', () => {
  const encoder = new OutputEncoder()
  expect(parseEvent(encoder.encode(0, Buffer.from([0x61, 0xff, 0x62, 0xe2, 0x82])))?.text).toBe('a\uFFFDb')
  expect(parseEvent(encoder.flush(0))?.text).toBe('\uFFFD')
  expect(encoder.flush(0)).toBe('')
  expect(parseEvent(encoder.encode(0, Buffer.from('c')))?.text).toBe('c')
})
