import { mkdtemp, readdir, readFile, rm, stat, writeFile, appendFile, mkdir, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLedger, type Ledger } from './ledger'
import { session } from './ledger.kit'

let directory: string
let folder: string
let now: number
let opened: Ledger[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-ledger-'))
  folder = join(directory, 'ledger')
  now = Date.UTC(2026, 0, 5)
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((ledger) => ledger.close()))
  await rm(directory, { recursive: true, force: true })
})

async function open(door: 'app' | 'command'): Promise<Ledger> {
  const ledger = await openLedger({ directory, door, now: () => now })
  opened.push(ledger)
  return ledger
}

/** Opens it anew, as the next start of the app does. */
async function restart(ledger: Ledger): Promise<Ledger> {
  await ledger.close()
  return open('app')
}

const parsed = (lines: string): unknown[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

/** Lives through a whole session of `id`, a second for each step. */
async function live(ledger: Ledger, sessionId: string): Promise<string> {
  const id = await ledger.begin(session)
  now += 1_000
  await ledger.started(id, sessionId)
  for (const state of ['active', 'resuming', 'active', 'canceling'] as const) {
    ledger.noted(sessionId, { kind: 'state', state })
    now += 1_000
  }
  await ledger.terminated(id)
  return id
}

/** Gives the file with the record `id` the name of a process that had this pid before. */
async function buryProcessOf(id: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8')
    if (text.includes(id)) await rename(join(folder, name), join(folder, name.replace(/-[kt][^-]+-/, '-t1-')))
  }
}

const statesOf = (ledger: Ledger, sessionId: string): string[] =>
  ledger.bySession(sessionId)?.states.map(({ state, startAt, endAt }) => `${state} ${startAt}-${endAt ?? ''}`) ?? []

test('a session has its states with their times, newest first, also after two restarts of the app', async () => {
  const begunAt = now
  const ledger = await open('app')
  const id = await live(ledger, 'ann-1')
  const at = (seconds: number): number => begunAt + seconds * 1_000
  const states = [
    `terminated ${at(5)}-`,
    `canceling ${at(4)}-${at(5)}`,
    `active ${at(3)}-${at(4)}`,
    `resuming ${at(2)}-${at(3)}`,
    `active ${at(1)}-${at(2)}`,
    `pending ${at(0)}-${at(1)}`,
  ]
  expect(statesOf(ledger, 'ann-1')).toEqual(states)
  const again = await restart(await restart(ledger))
  expect(statesOf(again, 'ann-1')).toEqual(states)
  expect(again.byId(id)).toMatchObject({ ...session, id, pid: process.pid, sessionId: 'ann-1', startedAt: begunAt })
})

test('the files belong to their owner alone, and those of dead processes become one', async () => {
  const living = await open('command')
  await living.begin(session)
  const id = await live(await open('command'), 'ann-1')
  await Promise.all(opened.map((ledger) => ledger.close()))
  await buryProcessOf(id)
  expect((await readdir(folder)).length).toBe(2)
  const app = await open('app')
  expect(app.bySession('ann-1')).toMatchObject({ isAlive: false })
  await app.close()
  const names = await readdir(folder)
  expect(names.toSorted()).toEqual([expect.stringMatching(/^command-.*\.jsonl$/), 'history.jsonl'])
  for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await open('app')).bySession('ann-1')?.states).toHaveLength(6)
})

test('two processes write at once, and the app sees what the command line does', async () => {
  const app = await open('app')
  const command = await open('command')
  const heard = new Set<string>()
  app.onChange((id) => heard.add(id))
  const id = await live(command, 'ann-1')
  await command.close()
  expect(app.bySession('ann-1')).toBeUndefined()
  await app.refresh()
  expect(app.bySession('ann-1')).toMatchObject({ id, isAlive: true, targetName: 'web-1' })
  expect([...heard]).toEqual([id])
  await app.refresh()
  expect(app.bySession('ann-1')?.states).toHaveLength(6)
})

test('a last line that was cut off is dropped, and the next one is read', async () => {
  const ledger = await restart(await open('app').then(async (first) => (await live(first, 'ann-1'), first)))
  await ledger.close()
  const file = join(folder, 'history.jsonl')
  await appendFile(file, '{"k":"whole","id":"00aa')
  const after = await open('app')
  expect([after.bySession('ann-1')?.sessionId, after.problem]).toEqual(['ann-1', undefined])
  await live(after, 'ann-2')
  const last = await restart(after)
  expect([...last.records()].map(({ sessionId }) => sessionId)).toEqual(['ann-2', 'ann-1'])
  expect([last.problem, (await readdir(folder)).filter((name) => name.endsWith('.kept'))]).toEqual([undefined, []])
})

test('a broken line in the middle is counted and skipped, and the file is kept aside', async () => {
  const first = await open('app')
  await live(first, 'ann-1')
  await live(first, 'ann-2')
  await (await restart(first)).close()
  const file = join(folder, 'history.jsonl')
  const whole = await readFile(file, 'utf8')
  const broken = whole.replace('\n', '\n{"k":"whole","id":7}\n')
  await writeFile(file, broken)
  const after = await open('app')
  expect(after.problem).toMatch(/^1 line of the history of sessions in .* could not be read/)
  expect([...after.records()]).toHaveLength(2)
  await after.close()
  expect(parsed(await readFile(file, 'utf8'))).toEqual(parsed(whole))
  const kept = (await readdir(folder)).find((name) => name.endsWith('.kept'))
  expect(await readFile(join(folder, kept ?? ''), 'utf8')).toBe(broken)
})

test('a history that is gone or broken takes nothing from recovery, and broken open sessions nothing from the history', async () => {
  const first = await open('app')
  const id = await first.begin(session)
  await first.started(id, 'ann-1')
  await first.close()
  await rm(folder, { recursive: true })
  await mkdir(join(folder, 'history.jsonl'), { recursive: true })
  const second = await open('app')
  expect(second.leftovers).toMatchObject([{ id, sessionId: 'ann-1', target: 'i-1' }])
  expect(second.problem).toMatch(/EISDIR/)
  await second.close()

  await rm(folder, { recursive: true })
  await rm(join(directory, 'open-sessions'), { recursive: true })
  const third = await open('app')
  const lost = await third.begin(session)
  await third.started(lost, 'ann-2')
  third.noted('ann-2', { kind: 'state', state: 'active' })
  await third.close()
  const files = join(directory, 'open-sessions')
  for (const name of await readdir(files)) await writeFile(join(files, name), 'no JSON')
  const last = await open('app')
  expect(last.keptAside).toMatch(/\.kept$/)
  // The history knows the session too.
  expect(last.leftovers).toMatchObject([{ id: lost, sessionId: 'ann-2', environment: session.environment }])
})

test('a start that AWS has refused leaves no record; one that may not be ended is left over once', async () => {
  const first = await open('app')
  await first.refused(await first.begin(session))
  expect([...first.records()]).toEqual([])
  const id = await first.begin(session)
  await first.started(id, 'ann-1')
  await first.letGo(id)
  const second = await restart(first)
  expect([second.leftovers, second.bySession('ann-1')?.isAlive]).toEqual([[], false])
})

test('facts are there at once, and on disk at most once a minute and at the end', async () => {
  const ledger = await open('app')
  const id = await ledger.begin(session)
  await ledger.started(id, 'ann-1')
  for (let second = 0; second < 130; second += 1) {
    ledger.noted('ann-1', { kind: 'facts', facts: { bytesUp: second, localAddress: '127.0.0.1:80' } })
    expect(ledger.byId(id)?.bytesUp).toBe(second)
    now += 1_000
  }
  await ledger.terminated(id)
  await ledger.close()
  const [name = ''] = await readdir(folder)
  const facts = (await readFile(join(folder, name), 'utf8')).split('\n').filter((line) => line.includes('"facts"'))
  expect(facts.map((line) => (JSON.parse(line) as { bytesUp: number }).bytesUp)).toEqual([0, 60, 120, 129])
  expect((await open('app')).byId(id)).toMatchObject({ bytesUp: 129, localAddress: '127.0.0.1:80' })
})

test('records older than 30 days are dropped', async () => {
  const first = await open('app')
  await live(first, 'ann-1')
  now += 20 * 24 * 3_600_000
  await live(first, 'ann-2')
  now += 20 * 24 * 3_600_000
  const second = await restart(first)
  expect([...second.records()].map(({ sessionId }) => sessionId)).toEqual(['ann-2'])
})

test('a record is living while a process has its session open, as the disk says', async () => {
  const app = await open('app')
  const command = await open('command')
  const id = await command.begin(session)
  expect([await app.isLiving(id), await app.isLiving('00aa11bb22cc')]).toEqual([true, false])
  await command.terminated(id)
  expect(await app.isLiving(id)).toBe(false)
  const own = await app.begin(session)
  expect(await app.isLiving(own)).toBe(true)
  const again = await restart(app)
  expect([again.leftovers.map((left) => left.id), await again.isLiving(own)]).toEqual([[own], false])
})

test('a disk that takes nothing is told, and the history goes on in memory', async () => {
  await writeFile(folder, 'in the way')
  const ledger = await open('app')
  await live(ledger, 'ann-1')
  await ledger.close()
  expect(ledger.problem).toMatch(/ledger cannot be used/)
  expect(statesOf(ledger, 'ann-1')).toHaveLength(6)
})

test('a clock that is set back loses no state of a session, and never its end', async () => {
  const begunAt = now
  const ledger = await open('app')
  const id = await ledger.begin(session)
  await ledger.started(id, 'ann-1')
  now += 60_000
  ledger.noted('ann-1', { kind: 'state', state: 'active' })
  now -= 3_600_000
  ledger.noted('ann-1', { kind: 'state', state: 'resuming' })
  ledger.noted('ann-1', { kind: 'facts', facts: { bytesUp: 7 } })
  await ledger.terminated(id)
  const again = await restart(ledger)
  const at = begunAt + 60_000
  expect(statesOf(again, 'ann-1')).toEqual([
    `terminated ${at + 2}-`,
    `resuming ${at + 1}-${at + 2}`,
    `active ${at}-${at + 1}`,
    `pending ${begunAt}-${at}`,
  ])
  expect(again.leftovers).toEqual([])
})
