import { copyFile, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { begunLine } from './begun'
import { History, KEPT_MS } from './history'
import { folderOf, HistoryFiles, processFile } from './historyfiles'
import { AppendedFile } from './linefile'
import { formatLine } from './lines'
import { ownProcess, type LedgerProcess } from './processname'

const NOW = Date.UTC(2026, 0, 5)
const session = { environment: { kind: 'demo' }, environmentName: 'Demo', region: 'eu-west-1', target: 'i-1' } as const

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-files-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const names = async (): Promise<string[]> => (await readdir(folderOf(directory))).toSorted()

/** Writes the file of a process with one record. */
async function leave(id: string, process: LedgerProcess = ownProcess('command'), at = NOW): Promise<LedgerProcess> {
  const file = new AppendedFile(processFile(directory, process), { isTorn: false, onProblem: () => undefined })
  file.add(formatLine(begunLine(id, session, at)))
  await file.written()
  return process
}

async function read(): Promise<{ history: History; files: HistoryFiles }> {
  const history = new History()
  const files = new HistoryFiles(directory, history, () => NOW)
  await files.readAll()
  return { history, files }
}

test('a crash between merging a file and deleting it leaves both, which are one record', async () => {
  const process = await leave('00aa11bb22cc')
  await copyFile(processFile(directory, process), join(directory, 'copy'))
  await (await read()).files.merge(() => true)
  expect(await names()).toEqual(['history.jsonl'])
  await copyFile(join(directory, 'copy'), processFile(directory, process))
  const { history, files } = await read()
  expect([history.size, history.byId('00aa11bb22cc')?.record.states]).toEqual([1, [{ state: 'pending', at: NOW }]])
  await files.merge(() => true)
  expect([await names(), (await read()).history.size]).toEqual([['history.jsonl'], 1])
})

test('a file of a process with a broken line is merged and kept, and a kept file goes after 30 days', async () => {
  const process = await leave('00aa11bb22cc')
  await writeFile(processFile(directory, process), 'no JSON\n', { flag: 'a' })
  const { files } = await read()
  await files.merge(() => true)
  expect([files.broken, await names()]).toEqual([1, [expect.stringMatching(/^command-.*\.kept$/), 'history.jsonl']])
  const [kept = ''] = await names()
  const old = new Date(NOW - KEPT_MS - 1_000)
  await utimes(join(folderOf(directory), kept), old, old)
  await (await read()).files.merge(() => true)
  expect(await names()).toEqual(['history.jsonl'])
})

test('lines that count no more go when there are too many of them', async () => {
  await leave('00aa11bb22cc')
  await (await read()).files.merge(() => true)
  const path = join(folderOf(directory), 'history.jsonl')
  const line = await readFile(path, 'utf8')
  await writeFile(path, line.repeat(5_100))
  await (await read()).files.merge(() => true)
  expect(await readFile(path, 'utf8')).toBe(line)
})

test('files that command lines leave are bounded: the oldest of dead processes go', async () => {
  const living = await leave('00aa11bb22cc')
  const text = await readFile(processFile(directory, living), 'utf8')
  const dead = Array.from({ length: 1_003 }, () => ownProcess('command'))
  await Promise.all(dead.map((process) => writeFile(processFile(directory, process), text)))
  for (const [index, process] of [living, ...dead.slice(-3)].entries()) {
    await utimes(processFile(directory, process), 1 + index, 1 + index)
  }
  const { files } = await read()
  await files.dropOldest((process) => process.name === living.name)
  const left = await names()
  const oldest = dead.slice(-3).map((process) => left.includes(`${process.name}.jsonl`))
  expect([left.length, left.includes(`${living.name}.jsonl`), oldest]).toEqual([1_001, true, [false, false, false]])
})

test('a history that is too large to be read is kept aside, and the next one begins', async () => {
  await leave('00aa11bb22cc')
  await (await read()).files.merge(() => true)
  const path = join(folderOf(directory), 'history.jsonl')
  const file = await open(path, 'r+')
  await file.truncate(256 * 1_048_576 + 1)
  await file.close()
  await leave('00aa11bb22dd')
  const { files } = await read()
  expect(files.broken).toBe(1)
  await files.merge(() => true)
  expect([...(await read()).history.ids()]).toEqual(['00aa11bb22dd'])
  expect(await names()).toEqual(['history.jsonl', expect.stringMatching(/^history\.jsonl\.\d{8}T\d{9}Z\.kept$/)])
})
