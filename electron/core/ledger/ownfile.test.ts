import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { begunLine } from './begun'
import { History } from './history'
import { HistoryFiles } from './historyfiles'
import type { LedgerLine } from './lines'
import { OwnFile } from './ownfile'
import { ownProcess, type Door } from './processname'

let directory: string
let history: History
let files: HistoryFiles

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-ownfile-'))
  history = new History()
  files = new HistoryFiles(directory, history, () => 1_000)
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const session = { environment: { kind: 'demo' }, environmentName: 'Demo', region: 'eu-west-1', target: 'i-1' } as const
const idOf = (count: number): string => count.toString(16).padStart(12, '0')

function writer(door: Door, maxBytes: number): (line: LedgerLine) => Promise<void> {
  const process = ownProcess(door)
  const file = new OwnFile({ directory, process, history, files, maxBytes })
  return (line) => {
    history.apply(line, process)
    file.add(line)
    return file.written()
  }
}

async function textOf(name: string): Promise<string> {
  return readFile(join(directory, 'ledger', name), 'utf8')
}

test('a file that is too large is followed by another one with the open records; the others are merged', async () => {
  const write = writer('app', 1_000)
  await write(begunLine(idOf(0), session, 500))
  for (let count = 1; count <= 6; count += 1) {
    await write(begunLine(idOf(count), session, 600))
    await write({ k: 'state', id: idOf(count), at: 700, state: 'terminated' })
  }
  const [own = '', ...merged] = await readdir(join(directory, 'ledger'))
  expect([own, merged]).toEqual([expect.stringMatching(/^app-/), ['history.jsonl']])
  expect(await textOf(own)).toContain(`{"k":"whole","id":"${idOf(0)}"`)
  expect(await textOf('history.jsonl')).not.toContain(idOf(0))
  const again = new History()
  await new HistoryFiles(directory, again, () => 1_000).readAll()
  expect([...again.ids()].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6].map(idOf))
  expect(again.byId(idOf(1))?.record.states.at(-1)?.state).toBe('terminated')
})

test('a command line, which may not merge, has one file', async () => {
  const write = writer('command', 100)
  for (let count = 1; count <= 6; count += 1) await write(begunLine(idOf(count), session, 600))
  expect(await readdir(join(directory, 'ledger'))).toEqual([expect.stringMatching(/^command-/)])
})
