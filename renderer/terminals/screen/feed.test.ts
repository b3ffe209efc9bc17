import { expect, test } from 'vitest'
import { Feed, type Piece } from './feed'

const MIB = 1_048_576

/** A screen that draws when the test tells it to. */
class Screen {
  readonly drawn: Uint8Array[] = []
  readonly pieces: Piece[] = []
  readonly #pending: { readonly piece: Piece; readonly done: () => void }[] = []

  readonly draw = (piece: Piece, done: () => void): void => {
    this.#pending.push({ piece, done })
  }

  get pendingBytes(): number {
    return this.#pending.reduce((sum, { piece }) => sum + piece.bytes.length, 0)
  }

  drawAll(): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      this.drawn.push(next.piece.bytes)
      this.pieces.push(next.piece)
      next.done()
    }
  }

  get text(): string {
    return Buffer.concat(this.drawn).toString('latin1')
  }
}

/** Feeds texts one after the other, as a terminal prints them. */
function say(feed: Feed, ...texts: readonly (string | Uint8Array)[]): void {
  let offset = 0
  for (const text of texts) {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    offset += bytes.length
    feed.push(bytes, offset)
  }
}

test('what fits is drawn in order and whole', () => {
  const screen = new Screen()
  const numbers = Array.from({ length: 100 }, (_, index) => `${index},`)
  say(new Feed(screen.draw), ...numbers)
  screen.drawAll()
  expect(screen.text).toBe(numbers.join(''))
})

test('a screen that does not draw holds a fraction of what has come', () => {
  const screen = new Screen()
  say(new Feed(screen.draw), ...Array.from({ length: 60 }, () => Buffer.alloc(65_536, 'a')))
  expect(screen.pendingBytes).toBe(262_144)
  screen.drawAll()
  expect(Buffer.concat(screen.drawn)).toHaveLength(60 * 65_536)
})

test('output comes in small pieces that know their place and stop at the border', () => {
  const screen = new Screen()
  new Feed(screen.draw).push(Buffer.alloc(5_000, 'a'), 6_000, 3_500)
  screen.drawAll()
  const places = screen.pieces.map(({ bytes, endOffset }) => [endOffset - bytes.length, endOffset])
  expect(places).toEqual([
    [1_000, 3_048],
    [3_048, 3_500],
    [3_500, 5_548],
    [5_548, 6_000],
  ])
})

test('beyond 6 MiB the oldest bytes give way, the newest are drawn and the gap is told with its size', () => {
  const screen = new Screen()
  say(new Feed(screen.draw), ...['a', '0', '1', '2', '3', '4', '5', '6'].map((letter) => Buffer.alloc(MIB, letter)))
  screen.drawAll()
  const { text } = screen
  const skipped = Number(/\[(\d+) bytes skipped\]/.exec(text)?.[1])
  expect(skipped).toBeGreaterThan(MIB)
  // oxlint-disable-next-line no-control-regex
  const output = text.replace(/\u0018.*?\r\n\[.*?\]\r\n/s, '')
  expect(output.length + skipped).toBe(8 * MIB)
  expect(
    output.endsWith(
      ['1', '2', '3', '4', '5', '6']
        .map((letter) => letter.repeat(MIB))
        .join('')
        .slice(-6 * MIB),
    ),
  ).toBe(true)
  const note = screen.pieces.find(({ isNote }) => isNote)
  const first = screen.pieces[screen.pieces.findIndex(({ isNote }) => isNote) + 1]
  expect(note?.endOffset).toBe((first?.endOffset ?? 0) - (first?.bytes.length ?? 0))
})

test('a whole replay fits, and a note says what was before it', () => {
  const screen = new Screen()
  const feed = new Feed(screen.draw)
  feed.note('300 bytes of earlier output are no longer kept', 300)
  feed.push(Buffer.alloc(4 * MIB, 'b'), 300 + 4 * MIB)
  screen.drawAll()
  expect(screen.text).toBe(
    `\u0018\u001B[0m\r\n[300 bytes of earlier output are no longer kept]\r\n${'b'.repeat(4 * MIB)}`,
  )
})
