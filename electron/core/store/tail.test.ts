import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTail } from './tail'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-tail-'))
  path = join(folder, 'lines')
})
afterEach(() => rm(folder, { recursive: true }))

/** The lines of a file with `text`, in the order in which they are given, at most `count`. */
async function read(text: string, count = Number.POSITIVE_INFINITY): Promise<{ lines: string[]; isTorn?: boolean }> {
  await writeFile(path, text)
  const lines: string[] = []
  const tail = await readTail(path, (line) => lines.push(line) < count)
  return { lines, ...tail }
}

test('lines are given from the last to the first, without empty ones', async () => {
  expect(await read('one\n\ntwo\nthree\n')).toEqual({ lines: ['three', 'two', 'one'], isTorn: false })
  expect(await read('')).toEqual({ lines: [], isTorn: false })
  expect(await read('\n')).toEqual({ lines: [], isTorn: false })
})

test('the reading stops where no more lines are wanted', async () => {
  expect(await read('one\ntwo\nthree\n', 2)).toEqual({ lines: ['three', 'two'], isTorn: false })
})

test('a last line without its break is given, and told', async () => {
  expect(await read('one\ntw')).toEqual({ lines: ['tw', 'one'], isTorn: true })
})

test('lines that are cut at the borders of blocks are whole, and so are their characters', async () => {
  const long = '€'.repeat(100_000)
  for (const padding of ['', 'x', 'xx', 'xxx']) {
    expect(await read(`first\n${long}\n${padding}\nlast${padding}\n`)).toEqual({
      lines: [`last${padding}`, ...(padding === '' ? [] : [padding]), long, 'first'],
      isTorn: false,
    })
  }
})

test('a line break that is the first or last byte of a block ends a line', async () => {
  const block = 64 * 1024
  const filled = 'y'.repeat(block - 1)
  expect(await read(`${filled}\n${filled}\n`)).toEqual({ lines: [filled, filled], isTorn: false })
  expect(await read(`a\n${filled}`)).toEqual({ lines: [filled, 'a'], isTorn: true })
})

test('a file that is larger than any of ours is not read', async () => {
  await writeFile(path, 'one\n')
  await truncate(path, 64 * 1024 * 1024 + 1)
  expect(await readTail(path, () => expect.fail('a line was given'))).toBeUndefined()
})
