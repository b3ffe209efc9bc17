// The recordings of a folder: what the list tells, what is read and deleted, and what is deleted by itself.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ownProcess } from '../ledger/processname'
import { encodeEvent, encodeHeader, parseHeader } from './cast'
import { headerOf } from './begin'
import { makeRecordings, subjectOf } from './recordings.kit'

const DAY_MS = 86_400_000
const failed = { code: 'recording-failed' }

test('a recording is listed while it is written and afterwards, and its file is private', async () => {
  const { recordings, folder, clock } = await makeRecordings()
  expect(await recordings.list()).toEqual({ folder, recordings: [], notices: [] })
  const changed = vi.fn()
  const begun = await recordings.begin(subjectOf(), changed)
  const { recordingId } = begun.view
  expect(begun.view).toEqual({ recordingId, sinceAt: clock.ms, folder })
  begun.capture.output(Buffer.from('one'))
  await vi.waitFor(async () => expect((await recordings.list()).recordings).toHaveLength(1))
  expect((await recordings.list()).recordings[0]?.endedAt).toBeUndefined()
  await expect(recordings.delete([recordingId])).rejects.toMatchObject(failed)
  await begun.capture[Symbol.asyncDispose]()
  const { recordings: listed } = await recordings.list()
  expect(listed).toEqual([
    {
      id: recordingId,
      startedAt: clock.ms,
      endedAt: expect.any(Number),
      bytes: (await stat(join(folder, recordingId))).size,
      durationMs: expect.any(Number),
      environment: 'prod',
      region: 'eu-west-1',
      target: 'i-0123456789abcdef0',
      targetName: 'web-1',
      kind: 'shell',
      cols: 80,
      rows: 24,
      gaps: 0,
    },
  ])
  expect([(await stat(folder)).mode & 0o777, (await stat(join(folder, recordingId))).mode & 0o777]).toEqual([
    0o700, 0o600,
  ])
})

test('what is no recording is told and left alone', async () => {
  const { recordings, record, folder, settings } = await makeRecordings()
  await record(['one'])
  await writeFile(join(folder, 'other.cast'), '{"version":2,"width":80,"height":24}\n')
  await writeFile(join(folder, 'notes.txt'), '')
  settings.recordingMegabytes = 0
  expect((await recordings.list()).notices).toEqual(['other.cast is no recording of Culvert.'])
  await recordings.sweep()
  expect((await readdir(folder)).toSorted()).toEqual(['notes.txt', 'other.cast'])
  settings.recordingFolder = join(folder, 'notes.txt')
  expect((await recordings.list()).notices).toEqual([expect.stringContaining('cannot be read')])
  await expect(recordings.begin(subjectOf(), () => undefined)).rejects.toMatchObject(failed)
})

test('a file is read in pieces; of a name that leads elsewhere nothing is', async () => {
  const { recordings, record, folder } = await makeRecordings()
  const id = await record([Buffer.alloc(1_500_000, 'x')])
  const first = await recordings.read(id, 0)
  const second = await recordings.read(id, first.nextOffset ?? 0)
  expect([first.bytes.length, first.nextOffset, second.nextOffset]).toEqual([1_048_576, 1_048_576, undefined])
  expect(Buffer.concat([first.bytes, second.bytes]).equals(await readFile(join(folder, id)))).toBe(true)
  expect((await recordings.read(id, 1e9)).bytes).toHaveLength(0)
  await expect(recordings.read('../settings.json', 0)).rejects.toMatchObject(failed)
  await expect(recordings.read('gone.cast', 0)).rejects.toMatchObject(failed)
  await recordings.delete([id, id])
  expect(await readdir(folder)).toEqual([])
})

test('after a crash a recording ends with its last whole line', async () => {
  const { recordings, folder, record, clock } = await makeRecordings()
  await record(['one'])
  const name = '2026-11-29T14-18-15Z_prod_web-1_aaaaaa.cast'
  const events = [encodeEvent(1_000, 'o', 'x'.repeat(9_000)), encodeEvent(61_000, 'o', 'y'.repeat(9_000))]
  await writeFile(
    join(folder, name),
    Buffer.concat([encodeHeader(headerOf(subjectOf(), 'w', clock.ms)), ...events.map((line) => Buffer.from(line))]),
  )
  const found = async () => (await recordings.list()).recordings.find(({ id }) => id === name)
  await truncate(join(folder, name), (await stat(join(folder, name))).size - 5)
  expect(await found()).toMatchObject({ durationMs: 1_000, endedAt: clock.ms + 1_000 })
})

test('the recording of another process is kept while that lives', async () => {
  const { recordings, folder, record, settings, clock } = await makeRecordings()
  await record(['one'])
  const other = spawn('sleep', ['60'])
  onTestFinished(() => void other.kill())
  const start = (await readFile(`/proc/${String(other.pid)}/stat`, 'latin1').catch(() => ''))
    .split(') ')[1]
    ?.split(' ')[19]
  const own = ownProcess('command')
  // A process whose start cannot be known is known by its pid.
  const writer = own.name
    .replace(`-${String(own.pid)}-`, `-${String(other.pid)}-`)
    .replace(/-k\d+\./, `-k${start ?? ''}.`)
  const name = '2026-11-29T14-18-15Z_prod_web-1_bbbbbb.cast'
  await writeFile(join(folder, name), encodeHeader(headerOf(subjectOf(), writer, clock.ms)))
  settings.recordingMegabytes = 0
  await recordings.sweep()
  expect(await readdir(folder)).toEqual([name])
  other.kill()
  await once(other, 'exit')
  await recordings.sweep()
  expect(await readdir(folder)).toEqual([])
})

test('recordings that are too old are deleted, then the oldest above the size', async () => {
  const { recordings, record, clock, settings, folder } = await makeRecordings()
  const old = await record(['old'])
  clock.ms += DAY_MS
  const large = await record([Buffer.alloc(900_000, 'x')])
  clock.ms += DAY_MS
  const larger = await record([Buffer.alloc(900_000, 'x')])
  const under = await recordings.begin(subjectOf(), () => undefined)
  settings.recordingDays = 1
  settings.recordingMegabytes = 2
  clock.ms += 1_000
  await recordings.sweep()
  expect((await recordings.list()).recordings.map(({ id }) => id)).not.toContain(old)
  settings.recordingMegabytes = 1
  await recordings.sweep()
  expect((await readdir(folder)).toSorted()).toEqual([larger, under.view.recordingId].toSorted())
  expect(large).not.toBe(larger)
  await under.capture[Symbol.asyncDispose]()
})

test('the header tells who writes what, and is bounded', () => {
  const encoded = encodeHeader(
    headerOf(subjectOf({ targetName: 'x'.repeat(5_000), size: { cols: 0, rows: Number.NaN } }), 'w', 1_500),
  )
  expect(parseHeader(encoded.toString())).toMatchObject({
    width: 1,
    height: 80,
    timestamp: 1.5,
    culvert: { writer: 'w' },
  })
})
