import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OpenSessions, type OpenSession } from './opensessions'
import { ownProcess, type LedgerProcess } from './processname'

const environment = { kind: 'aws', profile: 'prod', region: 'eu-central-1' } as const

let directory: string
let folder: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-open-'))
  folder = join(directory, 'open-sessions')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const opened = (process: LedgerProcess = ownProcess('command'), now = 1_000): OpenSessions =>
  new OpenSessions(directory, process, () => now)

const nobody = (): boolean => true

/** Everything that the files of processes say. */
async function stored(): Promise<OpenSession[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => (JSON.parse(text) as { data: OpenSession[] }).data)
}

test('a session is on disk before it is started, then with its id, and its file goes with the last one', async () => {
  const sessions = opened()
  const entry = await sessions.begin({ environment, target: 'i-1' })
  expect(entry).toEqual({ id: expect.stringMatching(/^[0-9a-f]{12}$/), environment, target: 'i-1', startedAt: 1_000 })
  expect(await stored()).toEqual([entry])
  const [name = ''] = await readdir(folder)
  expect([(await stat(folder)).mode & 0o777, (await stat(join(folder, name))).mode & 0o777]).toEqual([0o700, 0o600])
  await sessions.started(entry.id, 'ann-1')
  expect(await stored()).toEqual([{ ...entry, sessionId: 'ann-1' }])
  expect([sessions.idOf('ann-1'), sessions.idOf('ann-2')]).toEqual([entry.id, undefined])
  await sessions.ended(entry.id)
  expect(await stored()).toEqual([])
  await sessions.started(entry.id, 'ann-1')
  expect(await stored()).toEqual([])
  await sessions.close()
  expect(await readdir(folder)).toEqual([])
})

test('without a session nothing is written', async () => {
  const sessions = opened()
  await sessions.close()
  expect(await readdir(directory)).toEqual([])
})

test('the app takes over what dead processes have left, and nothing of a living one', async () => {
  const dead = ownProcess('command')
  const one = await opened(dead).begin({ environment, target: 'i-1' })
  const living = opened()
  const other = await living.begin({ environment, target: 'i-2' })
  const app = opened(ownProcess('app'))
  expect(await app.adopt(({ name }) => name === dead.name)).toEqual([one])
  expect([app.has(one.id), app.has(other.id)]).toEqual([true, false])
  expect(await readdir(folder)).toHaveLength(2)
  // A crash of this app too: the entry is in its file.
  expect(await opened(ownProcess('app')).adopt(nobody)).toHaveLength(2)
})

test('on a disk that takes nothing the entries stay where they are, and are taken over all the same', async () => {
  const entry = await opened().begin({ environment, target: 'i-1' })
  const own = ownProcess('app')
  const inTheWay = join(folder, `${own.name}.json`, 'in the way')
  await mkdir(inTheWay, { recursive: true })
  expect(await opened(own).adopt(nobody)).toEqual([entry])
  await rm(join(folder, `${own.name}.json`), { recursive: true })
  expect(await opened(ownProcess('app')).adopt(nobody)).toEqual([entry])
})

test('the record of an older Culvert, sessions.json, is taken over once', async () => {
  const old = { id: '00aa11bb22cc', environment, target: 'i-9', startedAt: 900, sessionId: 'ann-9' }
  await writeFile(join(directory, 'sessions.json'), JSON.stringify({ version: 1, data: [old] }, null, 2))
  const app = opened(ownProcess('app'))
  expect(await app.adopt(nobody)).toEqual([old])
  expect([await stored(), await readdir(directory)]).toEqual([[old], ['open-sessions']])
  await app.ended(old.id)
  await app.close()
  expect(await opened(ownProcess('app')).adopt(nobody)).toEqual([])
})

test('a file that cannot be read is kept aside, and the others are taken over', async () => {
  const entry = await opened().begin({ environment, target: 'i-1' })
  await writeFile(join(folder, `${ownProcess('command').name}.json`), '{"version":1,"data":[{"id":"nonsense"}]}')
  const app = opened(ownProcess('app'), Date.UTC(2026, 0, 5))
  expect(await app.adopt(nobody)).toEqual([entry])
  expect(app.keptAside).toMatch(/20260105T000000000Z\.kept$/)
})

test('a session that could not be written down is not on record, and the next one is', async () => {
  const sessions = opened()
  await writeFile(folder, 'in the way')
  await expect(sessions.begin({ environment, target: 'i-1' })).rejects.toMatchObject({ code: 'data-directory' })
  await rm(folder)
  const entry = await sessions.begin({ environment, target: 'i-2' })
  expect(await stored()).toEqual([entry])
})

test('the records of living processes are read from disk, and one that cannot be read says that nothing is known', async () => {
  const entry = await opened().begin({ environment, target: 'i-1' })
  const app = opened(ownProcess('app'))
  expect(await app.livingIds()).toEqual(new Set([entry.id]))
  await mkdir(join(folder, `${ownProcess('command').name}.json`))
  expect(await app.livingIds()).toBeUndefined()
})

test('a folder that was deleted while Culvert runs is made again', async () => {
  const sessions = opened()
  const one = await sessions.begin({ environment, target: 'i-1' })
  await rm(folder, { recursive: true })
  const two = await sessions.begin({ environment, target: 'i-2' })
  expect(await stored()).toEqual([one, two])
})
