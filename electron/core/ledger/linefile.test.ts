import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppendedFile, readLines } from './linefile'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-lines-'))
  path = join(folder, 'deeper', 'lines.jsonl')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const MANY = { maxBytes: 100_000_000 }

async function read(from = 0, isGood: (line: string) => boolean = () => true) {
  const lines: string[] = []
  const found = await readLines(path, { ...MANY, from }, (line) => {
    lines.push(line)
    return isGood(line)
  })
  return { lines, ...found }
}

test('lines of the same turn are written in their order, to a file and a folder of the owner alone', async () => {
  const file = new AppendedFile(path, { isTorn: false, onProblem: () => undefined })
  for (let count = 0; count < 50; count += 1) file.add(`line ${count}\n`)
  await file.written()
  file.add('last\n')
  await file.written()
  expect((await read()).lines).toEqual([...Array.from({ length: 50 }, (_, count) => `line ${count}`), 'last'])
  expect([(await stat(path)).mode & 0o777, (await stat(join(folder, 'deeper'))).mode & 0o777]).toEqual([0o600, 0o700])
  expect(file.sizeBytes).toBe((await stat(path)).size)
})

test('what the disk refuses is told, kept within a bound, and written with the next line', async () => {
  await writeFile(join(folder, 'deeper'), 'in the way')
  const problems: unknown[] = []
  const file = new AppendedFile(path, { isTorn: false, onProblem: (error) => problems.push(error) })
  for (let count = 0; count < 2_500; count += 1) file.add(`line ${count}\n`)
  await file.written()
  expect(problems).toHaveLength(1)
  await rm(join(folder, 'deeper'))
  file.add('last\n')
  await file.written()
  const { lines } = await read()
  expect([lines.length, lines.at(-2), lines.at(-1)]).toEqual([2_000, 'line 2499', 'last'])
})

test('after a line that was cut off the next one begins anew', async () => {
  const first = new AppendedFile(path, { isTorn: false, onProblem: () => undefined })
  first.add('cut')
  await first.written()
  const next = new AppendedFile(path, { isTorn: true, onProblem: () => undefined })
  next.add('one\n')
  next.add('two\n')
  await next.written()
  expect(await readFile(path, 'utf8')).toBe('cut\none\ntwo\n')
})

test('reading goes on behind the last whole line, and characters at the border of two blocks are whole', async () => {
  path = join(folder, 'lines')
  await writeFile(path, 'one\n\ntwo\nthr')
  const { lines, ...found } = await read(0, (line) => line !== 'two')
  expect([lines, found]).toEqual([['one', 'two'], { end: 9, broken: 1, isTorn: true }])
  const long = `${'ä😀'.repeat(400_000)}!`
  await appendFile(path, `ee\n${long}\n`)
  const next = await read(found.end)
  expect([next.lines, next.isTorn]).toEqual([['three', long], false])
})

test('a file that is too large is not read', async () => {
  path = join(folder, 'lines')
  await writeFile(path, 'one\ntwo\n')
  expect(await readLines(path, { maxBytes: 7 }, () => true)).toBeUndefined()
})

test('what has no line break for far longer than a line is one broken line, and is not held in memory', async () => {
  await mkdir(join(folder, 'deeper'))
  // A power cut may leave zeros.
  await writeFile(path, `first\n${'\0'.repeat(9_000_000)}\nlast\n`)
  expect(await read()).toEqual({ lines: ['first', 'last'], end: 9_000_012, broken: 1, isTorn: false })
  await writeFile(path, `first\n${'\0'.repeat(9_000_000)}`)
  expect(await read()).toEqual({ lines: ['first'], end: 9_000_006, broken: 1, isTorn: true })
})
