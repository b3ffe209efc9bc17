import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  namePieces,
  printableJson,
  sentencePieces,
  shownName,
  shownSentence,
  withoutUnseen,
  type ForeignPiece,
} from './foreigntext'

/** One character of each invisible kind, by its code. */
const UNSEEN: readonly number[] = [
  [0x00, 0x07, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f],
  [0xa0, 0xad, 0x034f, 0x061c, 0x115f, 0x1160, 0x1680, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180e, 0x180f],
  [0x2000, 0x2003, 0x200a, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d],
  [0x202e, 0x202f, 0x205f, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f],
  [0x2800, 0x3000, 0x3164, 0xd83d, 0xdc00, 0xe000, 0xfe00, 0xfe0e, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffc, 0xffff],
  [0x1d159, 0x1d173, 0x1bca0, 0x16fe4, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0x10ffff],
].flat()

const isUnseen = (text: string): boolean => Array.from(text).some((each) => UNSEEN.includes(each.codePointAt(0)!))

/** Texts with many invisible characters and marks. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...UNSEEN.map((code) => String.fromCodePoint(code))),
    fc.constantFrom('a', 'b', ' ', '⟨', '⟩', 'U', '+', '2', '0', 'B', 'é', '🙂', '👩', '❤', '\u05d0', '…', '"', '\\'),
  ),
  maxLength: 12,
})

const texts = (pieces: readonly ForeignPiece[]): string[] => pieces.map(({ text }) => text)

describe('a name', () => {
  test('of letters, figures and signs is shown as it is', () => {
    for (const name of [
      '',
      'prod',
      'web-1 (blue)',
      'bücher',
      '日本 東京',
      'שלום',
      'a\u0301',
      '🙂',
      '\u0601\u0661',
      '⟨x⟩',
    ]) {
      expect(shownName(name)).toBe(name)
    }
  })

  test.each(UNSEEN.map((code) => [code.toString(16).toUpperCase().padStart(4, '0'), code] as const))(
    'with U+%s in it shows a mark there, as a piece of its own',
    (hex, code) => {
      const name = `pro${String.fromCodePoint(code)}d`
      expect(namePieces(name)).toEqual([
        { kind: 'text', text: 'pro' },
        { kind: 'mark', text: `⟨U+${hex}⟩`, code },
        { kind: 'text', text: 'd' },
      ])
      expect(shownName(name)).toBe(`pro⟨U+${hex}⟩d`)
    },
  )

  test('keeps the emoji that Unicode recommends whole, and marks their parts everywhere else', () => {
    for (const name of ['👨‍👩‍👧 home', '❤️', '1️⃣-web', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', '🏳️‍🌈']) {
      expect(namePieces(name)).toEqual([{ kind: 'text', text: name }])
    }
    expect(shownName('🙂\ufe0f')).toBe('🙂⟨U+FE0F⟩')
    expect(shownName('🙂\u200d🙂')).toBe('🙂⟨U+200D⟩🙂')
    expect(shownName('a\u200d❤️\u200db')).toBe('a⟨U+200D⟩❤️⟨U+200D⟩b')
    expect(shownName('x\u{e0067}')).toBe('x⟨U+E0067⟩')
  })

  test('shows spaces where the eye would miss them', () => {
    expect(shownName('a b')).toBe('a b')
    expect(shownName(' a')).toBe('⟨U+0020⟩a')
    expect(shownName('a ')).toBe('a⟨U+0020⟩')
    expect(shownName('a   b')).toBe('a ⟨U+0020⟩⟨U+0020⟩b')
    expect(shownName(' ')).toBe('⟨U+0020⟩')
  })

  test('that spells a mark is not taken for one', () => {
    expect(shownName('pro⟨U+200B⟩d')).toBe('pro⟨U+27E8⟩U+200B⟩d')
  })

  test('is cut to its bound and between characters', () => {
    expect(shownName('x'.repeat(256))).toBe('x'.repeat(256))
    expect(shownName('x'.repeat(257))).toBe(`${'x'.repeat(256)}…`)
    expect(shownName('ab🙂', 3)).toBe('ab…')
    expect(shownName('a bc', 2)).toBe('a …')
    expect(shownName('\u200b'.repeat(1_000_000))).toBe(`${'⟨U+200B⟩'.repeat(256)}…`)
  })

  test('is shown like no other name, and holds nothing that does not show', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expect(shownName(one) === shownName(other)).toBe(one === other)
        for (const text of texts(namePieces(one))) {
          // Only emoji keep joiners and selectors, and no emoji of these texts form a sequence with a joiner.
          expect(isUnseen(text.replaceAll(/\p{Extended_Pictographic}\ufe0f?/gu, ''))).toBe(false)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('is proposed without what does not show', () => {
    expect(withoutUnseen(' \u202egnp.live\u200b-9 ')).toBe('gnp.live-9')
    expect(withoutUnseen('❤️ web')).toBe('❤️ web')
    expect(withoutUnseen('x'.repeat(300))).toBe('x'.repeat(300))
  })
})

describe('a sentence', () => {
  test('stands on one line without blanks at its ends, and what does not show is marked', () => {
    expect(shownSentence(' a\r\n\tb  c\u2028d\u0085e\u001b[31m\u202ef\u00a0g ')).toBe(
      'a b c d e⟨U+001B⟩[31m⟨U+202E⟩f⟨U+00A0⟩g',
    )
    expect(sentencePieces('no\u200b')).toEqual([
      { kind: 'text', text: 'no' },
      { kind: 'mark', text: '⟨U+200B⟩', code: 0x200b },
    ])
    expect(shownSentence('')).toBe('')
  })

  test('that quotes a name as it is shown has its marks as pieces', () => {
    expect(sentencePieces(`Delete ${shownName('pro\u200bd')}?`)).toEqual([
      { kind: 'text', text: 'Delete pro' },
      { kind: 'mark', text: '⟨U+200B⟩', code: 0x200b },
      { kind: 'text', text: 'd?' },
    ])
    expect(sentencePieces('⟨U+20⟩ ⟨U+200b⟩ ⟨U+0200B⟩')).toEqual([{ kind: 'text', text: '⟨U+20⟩ ⟨U+200b⟩ ⟨U+0200B⟩' }])
  })

  test('is cut to 2 kB, however long it was', () => {
    expect(shownSentence('x'.repeat(4_000_000))).toBe(`${'x'.repeat(2_048)}…`)
  })

  test('is the same when it is made safe again, also with the marks of a name', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(shownSentence(shownSentence(text))).toBe(shownSentence(text))
        expect(shownSentence(`Delete ${shownName(text)}?`)).toBe(`Delete ${shownName(text)}?`)
      }),
    )
  })
})

describe('JSON for a terminal', () => {
  test('escapes what does not show, and nothing else', () => {
    expect(printableJson({ name: 'pro\u200bd\u009b31m', tag: 'ü 🙂' })).toBe(
      String.raw`{"name":"pro\u200bd\u009b31m","tag":"ü 🙂"}`,
    )
    expect(printableJson('\u{e0041}\u007f')).toBe(String.raw`"\udb40\udc41\u007f"`)
  })

  test('is parsed to the very same value', () => {
    fc.assert(
      fc.property(hostile, hostile, (key, value) => {
        const json = printableJson({ [key]: value })
        expect(JSON.parse(json)).toEqual({ [key]: value })
        expect(isUnseen(json)).toBe(false)
      }),
    )
  })
})
