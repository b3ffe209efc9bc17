import { expect, test } from 'vitest'
import { installationInMark, markedReason, markOf } from './sessionmark'

const mark = { installation: installationInMark('0a1b2c3d4e5f67890a1b2c3d4e5f6789'), record: '00aa11bb22cc' }

test('a reason is the text of the person and the mark, 256 characters in all, and is read back', () => {
  expect(markedReason('Ticket 7', mark)).toBe('Ticket 7 [Culvert 0a1b2c3d4e5f/00aa11bb22cc]')
  expect(markOf('Ticket 7 [Culvert 0a1b2c3d4e5f/00aa11bb22cc]')).toEqual({ ...mark, text: 'Ticket 7' })
  const long = markedReason('x'.repeat(256), mark)
  expect(long).toHaveLength(256)
  expect(long).toMatch(/^x+… \[Culvert 0a1b2c3d4e5f\/00aa11bb22cc\]$/)
  expect(markOf(long)?.record).toBe(mark.record)
})

test('without a text the mark stands alone', () => {
  for (const none of [undefined, '']) {
    expect(markedReason(none, mark)).toBe('[Culvert 0a1b2c3d4e5f/00aa11bb22cc]')
  }
  expect(markOf('[Culvert 0a1b2c3d4e5f/00aa11bb22cc]')).toEqual({ ...mark, text: '' })
})

test('a text is cut between characters, never within one', () => {
  for (const before of ['', 'x']) {
    const reason = markedReason(`${before}${'😀'.repeat(200)}`, mark)
    expect(reason.length).toBeLessThanOrEqual(256)
    expect(reason).not.toMatch(/[\uD800-\uDFFF]/u)
    expect(markOf(reason)?.text).toMatch(/^x?(?:😀)+…$/u)
  }
})

test('only the mark at the end counts, also behind a text of several lines or one that looks like a mark', () => {
  const copied = markedReason('see [Culvert ffffffffffff/ffffffffffff]', mark)
  expect(markOf(copied)).toEqual({ ...mark, text: 'see [Culvert ffffffffffff/ffffffffffff]' })
  expect(markOf(markedReason('one\ntwo', mark))?.text).toBe('one\ntwo')
})

test('marks of an older Culvert are read, and have no installation', () => {
  expect(markOf('Culvert 00aa11bb22cc')).toEqual({ record: '00aa11bb22cc', text: '' })
  expect(markOf('Ticket 7 [Culvert 00aa11bb22cc]')).toEqual({ record: '00aa11bb22cc', text: 'Ticket 7' })
})

test.each(['', 'Ticket 7', 'Culvert', '[Culvert 00aa]', 'x[Culvert 00aa11bb22cc]', '[Culvert 00aa11bb22cc] later'])(
  'a reason without a mark has none: %j',
  (reason) => expect(markOf(reason)).toBeUndefined(),
)
