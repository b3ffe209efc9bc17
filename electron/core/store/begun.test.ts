import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLedger, type Ledger } from './begun'

const aws = { kind: 'aws', profile: 'prod', region: 'eu-central-1' } as const

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-ledger-'))
  path = join(folder, 'sessions.json')
})
afterEach(() => rm(folder, { recursive: true }))

const opened = (now = 1_000): Promise<Ledger> => openLedger(folder, () => now)

const stored = async (): Promise<unknown> => (JSON.parse(await readFile(path, 'utf8')) as { data: unknown }).data

test('a session is on disk before it is started, then with its id, and gone once it has ended', async () => {
  const ledger = await opened()
  const entry = await ledger.begin(aws, 'i-1')
  expect(entry).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    environment: aws,
    target: 'i-1',
    startedAt: 1_000,
  })
  expect(await stored()).toEqual([entry])
  await ledger.started(entry.id, 'ann-1')
  expect(await stored()).toEqual([{ ...entry, sessionId: 'ann-1' }])
  expect([ledger.idOf('ann-1'), ledger.idOf('ann-2')]).toEqual([entry.id, undefined])
  await ledger.ended(entry.id)
  expect(await stored()).toEqual([])
  expect(ledger.idOf('ann-1')).toBeUndefined()
  await ledger.ended(entry.id)
  await ledger.started(entry.id, 'ann-1')
  expect(await stored()).toEqual([])
})

test('what a run has left is the leftovers of the next one, until it is ended there', async () => {
  const first = await opened()
  const [one, two] = await Promise.all([first.begin(aws, 'i-1'), first.begin({ kind: 'demo' }, 'i-2')])
  await first.started(two.id, 'demo-1')
  const second = await opened(2_000)
  expect(second.leftovers).toEqual([one, { ...two, sessionId: 'demo-1' }])
  expect(second.idOf('demo-1')).toBe(two.id)
  const own = await second.begin(aws, 'i-3')
  expect(second.leftovers).toHaveLength(2)
  await second.ended(one.id)
  expect((await opened()).leftovers).toEqual([{ ...two, sessionId: 'demo-1' }, own])
})

test('a session that could not be written down is not on record, and the next one is', async () => {
  const ledger = await opened()
  await mkdir(join(path, 'x'), { recursive: true })
  await expect(ledger.begin(aws, 'i-1')).rejects.toMatchObject({ code: 'data-directory' })
  await rm(path, { recursive: true })
  const entry = await ledger.begin(aws, 'i-2')
  expect(await stored()).toEqual([entry])
})

test('a record that cannot be read is kept aside', async () => {
  await writeFile(path, '{"version":1,"data":[{"id":"nonsense"}]}')
  const ledger = await opened(Date.UTC(2026, 0, 5))
  expect([ledger.leftovers, ledger.keptAside]).toEqual([[], `${path}.20260105T000000000Z.kept`])
})
