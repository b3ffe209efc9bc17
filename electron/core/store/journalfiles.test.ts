import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readJournalFiles } from './journalfiles'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-journal-'))
})
afterEach(() => rm(folder, { recursive: true }))

const line = (id: number): string =>
  `${JSON.stringify({ id, at: 1, tone: 'idle', subject: { kind: 'app' }, text: `Entry ${id}.` })}\n`

/** The ids that are read, and what else is said, of files with these texts. */
async function read(count: number, current: string, older: string) {
  await writeFile(join(folder, 'journal.jsonl'), current)
  await writeFile(join(folder, 'journal.1.jsonl'), older)
  const { entries, problem, isTorn } = await readJournalFiles(folder, count)
  return [entries.map(({ id }) => id), problem, isTorn]
}

test('without files there is nothing, and nothing wrong', async () => {
  expect(await readJournalFiles(folder, 5)).toMatchObject({ entries: [], problem: undefined, isTorn: false })
})

test('the newest entries are read, of the older file what is missing only', async () => {
  expect(await read(4, line(3) + line(4), line(1) + line(2))).toEqual([[1, 2, 3, 4], undefined, false])
  expect(await read(3, line(3) + line(4), line(1) + line(2))).toEqual([[2, 3, 4], undefined, false])
  expect(await read(2, line(3) + line(4), 'nonsense')).toEqual([[3, 4], undefined, false])
})

test('entries that stand in another order come in that of their ids', async () => {
  expect(await read(9, line(4) + line(3), line(5))).toEqual([[3, 4, 5], undefined, false])
})

test('lines that cannot be read are counted, of both files', async () => {
  const words = `2 lines of the journal in ${folder} could not be read and are not shown.`
  expect(await read(9, `x\n${line(3)}`, `${line(1)}{}\n`)).toEqual([[1, 3], words, false])
  const word = `1 line of the journal in ${folder} could not be read and are not shown.`
  expect(await read(9, `${line(3)}x`, line(1))).toEqual([[1, 3], word, true])
})
