import { expect, test } from 'vitest'
import type { Line } from './lines'
import { Records } from './records'

const bytesOf = (text: string) => Buffer.from(text)

/** The texts of the lines; one that goes on ends in "…". */
const told = (lines: readonly Line[]) => lines.map(({ text, isPartial }) => (isPartial ? `${text}…` : text))

/** The lines of `text`, given at once. */
function all(text: string, isRaw = false): readonly string[] {
  const records = new Records({ isRaw })
  return told([...records.take(bytesOf(text)), ...records.end()])
}

/** Whole numbers below `max`, the same in each run. */
function numbers(seed: number): (max: number) => number {
  let state = seed
  return (max) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % max
  }
}

test('a record is a line, with its end of either kind; blank ones too', () => {
  expect(all('one\r\ntwo\n\r\r\nthree\n')).toEqual(['one', 'two', '', 'three'])
})

test('the rest at the end, or after a second of quiet, is partial, and its line goes on after it', () => {
  const records = new Records({ isRaw: false })
  expect(told(records.take(bytesOf('one\n$ ')))).toEqual(['one'])
  expect(records.rest()).toEqual({ text: '$ ', isPartial: true })
  expect(records.rest()).toBeUndefined()
  expect(told(records.take(bytesOf('ls\r\nfile\n')))).toEqual(['ls', 'file'])
  records.take(bytesOf('$ '))
  records.rest()
  expect(told(records.take(bytesOf('\r\n')))).toEqual([''])
  expect(records.end()).toEqual([])
})

test('colours, titles, pictures, character sets and eight-bit controls leave nothing behind', () => {
  const esc = '\u001b'
  const kinds = [
    `${esc}[1;31m`,
    `${esc}[38:2::255:0:0m`,
    `${esc}[?2004h`,
    `${esc}]0;title\u0007`,
    `${esc}]8;;https://a.example${esc}\\`,
    `${esc}Pq#0;2;0;0;0~-${esc}\\`,
    `${esc}_Gf=32;AAAA${esc}\\`,
    `${esc}^private${esc}\\`,
    `${esc}Xsos${esc}\\`,
    `${esc}(B`,
    `${esc}#8`,
    `${esc}=`,
    `${esc}7`,
    '\u009b1m',
    '\u009dtitle\u009c',
    '\u0090dcs\u009c',
    '\u0000',
    '\u0007',
    '\u007f',
    '\u0084',
    `${esc}[12\u0018`,
    `${esc}]title\u0018`,
    `${esc}]title${esc}[1m`,
  ]
  for (const kind of kinds) expect(all(`a${kind}b\n`), JSON.stringify(kind)).toEqual(['ab'])
})

test('a line feed within a sequence ends the line; vertical tab, form feed and NEL do too', () => {
  expect(all('a\u001b[\n1mb\nc\u000bd\u000ce\u0085f\tg\n')).toEqual(['a', 'b', 'c', 'd', 'e', 'f\tg'])
})

test('a sequence without an end does not hide what comes after its bound', () => {
  expect(all(`a\u001b[${'1'.repeat(300)}b\n`).join('')).toMatch(/^a1+b$/)
  expect(all(`a\u001b]${'x'.repeat(1_048_577)}visible\n`)).toEqual(['avisible'])
})

test('each state of a progress bar is a record; the blanks that shells draw before a prompt are none', () => {
  expect(all('10%\r\u001b[K20%\r30%\r\ndone\n%          \r \r$ x\n')).toEqual([
    '10%',
    '20%',
    '30%',
    'done',
    '%          ',
    '$ x',
  ])
  expect(all('          \r \r$ x\n')).toEqual(['$ x'])
})

test('a progress bar that stands still is told once, whether its line feed comes or not', () => {
  const records = new Records({ isRaw: false })
  records.take(bytesOf('50%\r'))
  expect(records.rest()).toEqual({ text: '50%', isPartial: false })
  expect(told(records.take(bytesOf('\ndone\n')))).toEqual(['done'])
  records.take(bytesOf('50%\r'))
  records.rest()
  expect(told(records.take(bytesOf('60%\r\n')))).toEqual(['60%'])
})

test('typing that was taken back is not in the record', () => {
  expect(all('$ lx\b \bs\r\n')).toEqual(['$ ls'])
  expect(all('$ lx\b\u001b[Ks\r\n$ 😀x\b\b\u001b[0Ky\r\n')).toEqual(['$ ls', '$ y'])
  // Readline puts "c" before "d": it writes both and goes back.
  expect(all('$ abd\bcd\b\r\n\b\b\bx\n_\bX\n')).toEqual(['$ abcd', 'x', 'X'])
})

test('a line of more than 4 KiB is cut between two characters', () => {
  const cut = all(`${'ä'.repeat(3_000)}😀end\n`)
  expect(cut.map((line) => Buffer.byteLength(line.replace('…', '')))).toEqual([4_096, 1_911])
  expect(cut.join('').replaceAll('…', '')).toBe(`${'ä'.repeat(3_000)}😀end`)
  expect(all(`${'a'.repeat(4_095)}😀\n`).map((line) => line.length)).toEqual([4_096, 2])
  expect(all(`${'a'.repeat(4_096)}\n`)).toEqual(['a'.repeat(4_096)])
  expect(all('😀'.repeat(2_000), true).join('').replaceAll('…', '')).toBe('😀'.repeat(2_000))
})

test('raw records keep everything but the line feeds', () => {
  expect(all('a\u001b[1mb\r\n\rc\bd\u0007\n\n', true)).toEqual(['a\u001b[1mb\r', '\rc\bd\u0007', ''])
})

test('bytes that are no UTF-8 are marked, and the rest of the line stays', () => {
  const records = new Records({ isRaw: false })
  const lines = records.take(Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xc3]))
  expect([...told(lines), ...told(records.end())]).toEqual(['a\ufffdb', '\ufffd…'])
})

test('however the bytes are cut, the records are the same', () => {
  const pieces = [
    'word ',
    'ä',
    '😀',
    '\r\n',
    '\n',
    '\r',
    '\b',
    '\b \b',
    '\u001b[K',
    '\u001b[1;31m',
    '\u001b]0;t\u0007',
    '\u001b]0;t\u001b\\',
    '\u001b(B',
    '\u009b0m',
    '\u0000',
    '\u001b',
    '[',
    '\u0018',
    '\t',
    'x'.repeat(700),
    'ä'.repeat(600),
    '\u001b[\n',
    '\u001bP1\u001b\\',
    '\u001b]\u001b[3m',
    '   ',
  ]
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = numbers(seed)
    const text = Array.from({ length: 60 }, () => pieces[random(pieces.length)]).join('')
    const bytes = bytesOf(text)
    for (const isRaw of [false, true]) {
      const records = new Records({ isRaw })
      const lines: Line[] = []
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + random(seed % 2 === 0 ? 4 : 900)
        lines.push(...records.take(bytes.subarray(at, end)))
        at = end
      }
      lines.push(...records.end())
      expect(told(lines), `${seed}`).toEqual(all(text, isRaw))
      for (const line of lines) expect(Buffer.byteLength(line.text)).toBeLessThanOrEqual(4_096)
      if (!isRaw) expect(lines.map((line) => line.text).join('')).not.toMatch(/[^\P{Cc}\t]/u)
      else if (!text.includes('\ufffd')) {
        const whole = lines.map((line) => line.text + (line.isPartial ? '' : '\n')).join('')
        expect(whole).toBe(text)
      }
    }
  }
})
