import { appendFile, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DrainRecord } from '../../../../shared/model/drain'
import { ManualClock, originOf } from '../drains.kit'
import type { Line } from '../records/lines'
import { chunksOf } from './chunk'
import { Spool, type SpoolOptions } from './spool'

let folder: string
let opened: Spool[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-spool-'))
  opened = []
})
afterEach(async () => {
  for (const spool of opened) await spool[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const MB = 1_048_576

async function open(change: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await Spool.open({
    folder: join(folder, 'spool'),
    clock: new ManualClock(),
    limitBytes: () => 256 * MB,
    isRequired: () => false,
    changed: () => undefined,
    ...change,
  })
  opened.push(spool)
  return spool
}

/** A session that adds lines to a spool. */
function session(spool: Spool, key = 'a') {
  let sequence = 0
  const origin = originOf(`session-${key}`)
  return (texts: readonly string[], isPartial = false) => {
    const lines: Line[] = texts.map((text) => ({ text, isPartial }))
    for (const chunk of chunksOf({ key, origin }, { at: 1_000 + sequence, first: sequence + 1, lines }))
      spool.append(chunk)
    sequence += lines.length
  }
}

const onDisk = (spool: Spool) => vi.waitFor(async () => expect(await spool.next()).toBeDefined())

/** Takes everything that waits, in batches, also what is not on disk yet. */
async function takeAll(spool: Spool): Promise<readonly DrainRecord[]> {
  const all: DrainRecord[] = []
  while (spool.waiting.records > 0) {
    await onDisk(spool)
    all.push(...((await spool.next())?.records ?? []))
    await spool.done({ refused: 0 })
  }
  return all
}

const names = async () => (await readdir(join(folder, 'spool'))).filter((name) => name.endsWith('.jsonl'))

/** What the records are and what they stand for: every sequence of each session is told once, or counted as dropped. */
function covered(records: readonly DrainRecord[]): Readonly<Record<string, number>> {
  const next: Record<string, number> = {}
  for (const { sessionId, sequence, kind, count = 1 } of records) {
    const before = next[sessionId] ?? 0
    if (kind === 'dropped') expect(sequence - count, `${sessionId} ${sequence}`).toBe(before)
    else expect(sequence).toBe(before + 1)
    next[sessionId] = sequence
  }
  return next
}

test('records come out as they went in, with all that is known of their session', async () => {
  const spool = await open()
  session(spool)(['one', '', 'dr"ei\t\u001b[1m😀'])
  session(spool, 'b')(['part'], true)
  await onDisk(spool)
  expect(spool.waiting).toMatchObject({ records: 4, oldestAt: 1_000 })
  const records = await takeAll(spool)
  expect(records[2]).toEqual({
    ...originOf('session-a'),
    at: 1_000,
    sequence: 3,
    kind: 'output',
    text: 'dr"ei\t\u001b[1m😀',
  })
  expect(records[3]).toMatchObject({ sessionId: 'session-b', sequence: 1, text: 'part', isPartial: true })
  expect(spool.waiting).toEqual({ records: 0, bytes: 0 })
  expect(spool.counts).toMatchObject({ delivered: 4, dropped: 0, refused: 0 })
  expect((await stat(join(folder, 'spool', (await names())[0] ?? ''))).mode & 0o777).toBe(0o600)
})

test('a batch has 1,000 records and a mebibyte at most, and stays the same until it is done', async () => {
  const spool = await open()
  const add = session(spool)
  add(Array.from({ length: 1_700 }, (_, index) => `line ${index}`))
  await onDisk(spool)
  const first = await spool.next()
  add(['more'])
  expect(await spool.next()).toBe(first)
  expect(first?.records).toHaveLength(1_000)
  await spool.done({ refused: 2 })
  expect(spool.counts).toMatchObject({ delivered: 998, refused: 2 })
  add(Array.from({ length: 400 }, () => 'x'.repeat(4_096)))
  await vi.waitFor(() => expect(spool.waiting.records).toBe(1_101))
  const sizes: number[] = []
  for (let batch = await spool.next(); batch !== undefined; batch = await spool.next()) {
    sizes.push(Buffer.byteLength(JSON.stringify(batch.records)))
    await spool.done({ refused: 0 })
  }
  expect(Math.max(...sizes)).toBeLessThan(1_048_576)
})

test('the next start goes on where this one was delivered, with the same batch and the same counters', async () => {
  const spool = await open()
  session(spool)(Array.from({ length: 1_200 }, (_, index) => `line ${index}`))
  await onDisk(spool)
  await spool.done({ refused: 0 })
  const tried = await spool.next()
  session(spool, 'b')(['later'])
  await spool[Symbol.asyncDispose]()
  const next = await open()
  expect(next.waiting).toMatchObject({ records: 201 })
  expect(next.counts).toMatchObject({ delivered: 1_000 })
  expect((await next.next())?.id).toBe(tried?.id)
  session(next, 'c')(['new'])
  await vi.waitFor(() => expect(next.waiting.records).toBe(202))
  expect((await takeAll(next)).map(({ text }) => text).slice(-3)).toEqual(['line 1199', 'later', 'new'])
})

test('a line that a crash has cut off and a position that cannot be read cost no other record', async () => {
  const spool = await open()
  session(spool)(['one', 'two'])
  await onDisk(spool)
  await spool.done({ refused: 0 })
  await spool[Symbol.asyncDispose]()
  await appendFile(join(folder, 'spool', (await names())[0] ?? ''), '["a",1,3,1,[],"thr')
  await writeFile(join(folder, 'spool', 'position.json'), '')
  const next = await open()
  session(next, 'b')(['four'])
  await vi.waitFor(() => expect(next.waiting.records).toBe(3))
  expect((await takeAll(next)).map(({ text }) => text)).toEqual(['one', 'two', 'four'])
})

test('past the limit the oldest records are dropped, and records in their place count them by session', async () => {
  const spool = await open({ limitBytes: () => MB })
  const [first, second] = [session(spool), session(spool, 'b')]
  for (let turn = 0; turn < 150; turn += 1) {
    first(Array.from({ length: 50 }, () => 'x'.repeat(200)))
    second(['y'.repeat(100)])
    if (turn % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await vi.waitFor(() => {
    expect(spool.waiting.bytes).toBeLessThanOrEqual(MB)
    expect(spool.counts.dropped).toBeGreaterThan(1_000)
  })
  const { dropped } = spool.counts
  const records = await takeAll(spool)
  expect(covered(records)).toEqual({ 'session-a': 7_500, 'session-b': 150 })
  const told = records.filter(({ kind }) => kind === 'dropped')
  expect(told.reduce((total, { count = 0 }) => total + count, 0)).toBe(dropped)
  expect(told.length).toBeLessThan(10)
})

test('records that are being sent are not dropped', async () => {
  const spool = await open({ limitBytes: () => MB })
  const add = session(spool)
  add(Array.from({ length: 100 }, () => 'x'.repeat(1_000)))
  await onDisk(spool)
  const batch = await spool.next()
  for (let turn = 0; turn < 30; turn += 1) add(Array.from({ length: 50 }, () => 'x'.repeat(1_000)))
  await vi.waitFor(() => expect(spool.counts.dropped).toBeGreaterThan(0))
  expect(await spool.next()).toBe(batch)
  expect(
    covered([...(batch?.records ?? []), ...(await takeAll(spool).then((all) => all.slice(batch?.records.length)))]),
  ).toEqual({
    'session-a': 1_600,
  })
})

test('a spool of a required drain drops nothing: room waits until something is delivered', async () => {
  let isRequired = true
  const spool = await open({ limitBytes: () => MB, isRequired: () => isRequired })
  const add = session(spool)
  expect(spool.room()).toBeUndefined()
  for (let turn = 0; turn < 40; turn += 1) add(Array.from({ length: 50 }, () => 'x'.repeat(1_000)))
  const room = spool.room()
  expect(room).toBeDefined()
  await onDisk(spool)
  const all = await takeAll(spool)
  await room
  expect(covered(all)).toEqual({ 'session-a': 2_000 })
  expect(spool.counts.dropped).toBe(0)
  for (let turn = 0; turn < 40; turn += 1) add(Array.from({ length: 50 }, () => 'x'.repeat(1_000)))
  const later = spool.room()
  isRequired = false
  await spool.reconsider()
  await later
})

test('what the disk does not take is kept in memory up to a bound, then dropped and counted, and told once it does', async () => {
  const clock = new ManualClock()
  const spool = await open({ clock })
  await rm(join(folder, 'spool'), { recursive: true })
  await writeFile(join(folder, 'spool'), 'in the way')
  const add = session(spool)
  for (let turn = 0; turn < 30; turn += 1) add(Array.from({ length: 100 }, () => 'x'.repeat(4_000)))
  await vi.waitFor(() => expect(spool.problem).toBeDefined())
  const { dropped } = spool.counts
  expect(dropped).toBeGreaterThan(500)
  expect(spool.waiting.bytes).toBeLessThanOrEqual(8 * MB)
  await rm(join(folder, 'spool'))
  const parts = { folder: join(folder, 'other') }
  await (await open(parts))[Symbol.asyncDispose]()
  await rename(join(folder, 'other'), join(folder, 'spool'))
  clock.advance(1_000)
  await vi.waitFor(() => expect(spool.problem).toBeUndefined())
  // Room in memory again: the loss is told before the next record.
  add(['last'])
  await vi.waitFor(() => expect(spool.waiting.records).toBeGreaterThanOrEqual(3_000 - dropped + 2))
  expect(covered(await takeAll(spool))).toEqual({ 'session-a': 3_001 })
})

test('a file that was cut short by a power cut is read as far as it goes', async () => {
  const spool = await open()
  session(spool)(['one'])
  await onDisk(spool)
  session(spool, 'b')(['two'])
  await vi.waitFor(() => expect(spool.waiting.records).toBe(2))
  await spool[Symbol.asyncDispose]()
  const path = join(folder, 'spool', (await names())[0] ?? '')
  await truncate(path, (await stat(path)).size - 5)
  const next = await open()
  expect((await takeAll(next)).map(({ text }) => text)).toEqual(['one'])
})

test('a removed spool leaves nothing', async () => {
  const spool = await open()
  session(spool)(['one'])
  await spool.remove()
  await expect(readFile(join(folder, 'spool', 'position.json'))).rejects.toThrow('ENOENT')
})
