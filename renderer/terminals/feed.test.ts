import { expect, test } from 'vitest'
import { Feed } from './feed'

const MIB = 1_048_576

/** A screen that draws when it is told to. */
class Screen {
  readonly drawn: Uint8Array[] = []
  readonly #pending: { readonly bytes: Uint8Array; readonly done: () => void }[] = []

  readonly draw = (bytes: Uint8Array, done: () => void): void => {
    this.#pending.push({ bytes, done })
  }

  get pendingBytes(): number {
    return this.#pending.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  drawAll(): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      this.drawn.push(next.bytes)
      next.done()
    }
  }

  get text(): string {
    return Buffer.concat(this.drawn).toString('latin1')
  }
}

test('what fits is drawn in order and whole', () => {
  const screen = new Screen()
  const feed = new Feed(screen.draw)
  for (let index = 0; index < 100; index += 1) feed.push(Buffer.from(`${index},`))
  screen.drawAll()
  expect(screen.text).toBe(Array.from({ length: 100 }, (_, index) => `${index},`).join(''))
})

test('a screen that does not draw holds a fraction of what has come', () => {
  const screen = new Screen()
  const feed = new Feed(screen.draw)
  for (let index = 0; index < 60; index += 1) feed.push(Buffer.alloc(65_536, 'a'))
  expect(screen.pendingBytes).toBe(262_144)
  screen.drawAll()
  expect(Buffer.concat(screen.drawn)).toHaveLength(60 * 65_536)
})

test('beyond 4 MiB the oldest bytes give way, the newest are drawn and the gap is told with its size', () => {
  const screen = new Screen()
  const feed = new Feed(screen.draw)
  feed.push(Buffer.alloc(MIB, 'a'))
  for (let index = 0; index < 6; index += 1) feed.push(Buffer.alloc(MIB, String(index)))
  screen.drawAll()
  const { text } = screen
  expect(text).toContain(`[${2 * MIB} bytes skipped]`)
  const runs = ['a', '2', '3', '4', '5'].map((letter) => letter.repeat(MIB))
  expect(text.replace(/[^a]\S*\r\n\[.*?\]\r\n/, '')).toBe(runs.join(''))
})

test('one chunk over the limit is drawn nonetheless', () => {
  const screen = new Screen()
  const feed = new Feed(screen.draw)
  feed.push(Buffer.alloc(300_000, 'a'))
  feed.push(Buffer.alloc(5 * MIB, 'b'))
  screen.drawAll()
  expect(Buffer.concat(screen.drawn)).toHaveLength(300_000 + 5 * MIB)
})
