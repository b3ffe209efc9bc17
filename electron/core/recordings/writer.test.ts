// A recording over a real file: what is in it, what a slow, full or vanished disk does to it, and its end.

import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseEvent, parseHeader, type CastEvent, type CastHeader } from './cast'
import { createFile } from './place'
import { RecordingWriter, type RecordingWriterOptions } from './writer'

const header: CastHeader = {
  version: 2,
  width: 80,
  height: 24,
  timestamp: 1_796_000_000,
  culvert: {
    environment: 'prod',
    region: 'eu-west-1',
    target: 'i-0',
    targetName: 'web-1',
    kind: 'shell',
    operationId: 'o',
    writer: 'w',
    gaps: 0,
  },
}

async function make(limits: RecordingWriterOptions['limits'] = {}) {
  const root = await mkdtemp(join(tmpdir(), 'culvert-writer-'))
  const folder = join(root, 'recordings')
  await mkdir(folder)
  const path = join(folder, 'a.cast')
  const clock = { ms: 1_000 }
  const changed = vi.fn()
  const writer = new RecordingWriter({
    path,
    file: await createFile(path),
    header,
    now: () => clock.ms,
    changed,
    limits: { flushMs: 1, retryMs: 1, ...limits },
  })
  onTestFinished(async () => {
    await writer[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })
  return { writer, path, folder, root, clock, changed }
}

async function read(path: string): Promise<{ head: CastHeader | undefined; events: CastEvent[] }> {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).split('\n')
  expect(lines.at(-1)).toBe('')
  return { head: parseHeader(head), events: lines.slice(0, -1).map((line) => parseEvent(line) ?? expect.fail(line)) }
}

test('output, sizes and resumes are in it with their times; the header tells the end', async () => {
  const { writer, path, clock } = await make()
  writer.output(Buffer.from('one\r\n'))
  clock.ms = 1_500
  writer.resize({ cols: 100, rows: 50 })
  writer.resize({ cols: 101, rows: 51 })
  clock.ms = 2_000
  writer.resumed(12_300)
  clock.ms = 3_000
  writer.output(Buffer.from('grün').subarray(0, 3))
  writer.output(Buffer.from('grün').subarray(3))
  expect(writer.room()).toBeUndefined()
  await writer[Symbol.asyncDispose]()
  writer.output(Buffer.from('late'))
  const { head, events } = await read(path)
  expect(events).toEqual([
    { at: 0, kind: 'output', text: 'one\r\n' },
    { at: 500, kind: 'size', text: '101x51' },
    { at: 1_000, kind: 'marker', text: 'Connection lost and resumed after 12 s' },
    { at: 2_000, kind: 'output', text: 'gr' },
    { at: 2_000, kind: 'output', text: 'ün' },
  ])
  expect(head?.culvert).toMatchObject({ gaps: 0, durationMs: 2_000, endedAt: 1_796_000_002_000 })
  expect(writer.problem).toBeUndefined()
})

test('it is readable while it is written', async () => {
  const { writer, path } = await make()
  writer.output(Buffer.from('one'))
  await vi.waitFor(async () => expect((await read(path)).events).toHaveLength(1))
  expect((await read(path)).head?.culvert.endedAt).toBeUndefined()
  writer.output(Buffer.from('two'))
  await vi.waitFor(async () => expect((await read(path)).events).toHaveLength(2))
})

test('more output than waits is a gap that says how much is missing; a character that it cuts does not join the next', async () => {
  const { writer, path, changed } = await make({ queueBytes: 10 })
  writer.output(Buffer.from([0x61, 0xe2, 0x82]))
  writer.output(Buffer.alloc(1_000, 'x'))
  writer.output(Buffer.alloc(234, 'x'))
  expect(changed).toHaveBeenCalledTimes(1)
  writer.output(Buffer.from([0xac, 0x62]))
  await writer[Symbol.asyncDispose]()
  const { head, events } = await read(path)
  expect(events.map(({ text }) => text)).toEqual(['a', '\uFFFD', '1,234 bytes of output are missing here', '\uFFFDb'])
  expect(head?.culvert.gaps).toBe(1)
  expect(writer.problem).toContain('faster than the disk')
})

test('a folder that is gone is told; it goes on in a new file once the folder is back', async () => {
  const { writer, path, folder, root, changed } = await make()
  writer.output(Buffer.from('one'))
  await vi.waitFor(async () => expect((await read(path)).events).toHaveLength(1))
  await rename(folder, join(root, 'away'))
  writer.output(Buffer.from('two'))
  await vi.waitFor(() =>
    expect(writer.problem).toContain('it is not there: look whether its disk is connected (ENOENT)'),
  )
  await mkdir(folder)
  await vi.waitFor(() => expect(writer.problem).toContain('was removed'))
  writer.output(Buffer.from('three'))
  await writer[Symbol.asyncDispose]()
  const { head, events } = await read(path)
  expect(events.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^The file was removed: \d+ bytes of it are missing$/),
    'two',
    'three',
  ])
  expect(head?.culvert.gaps).toBe(1)
  expect(changed.mock.calls.length).toBeLessThan(5)
})

test.runIf(process.platform === 'linux')(
  'a full disk costs output, never the terminal, and its end is bounded',
  async () => {
    const changed = vi.fn()
    const path = '/dev/full'
    const limits = { flushMs: 1, retryMs: 1, queueBytes: 100_000 }
    const writer = new RecordingWriter({ path, file: await open(path, 'w'), header, now: () => 0, changed, limits })
    for (let round = 0; round < 100; round += 1) writer.output(Buffer.alloc(10_000, 'x'))
    await vi.waitFor(() => expect(writer.problem).toContain('its disk is full: free some space (ENOSPC)'))
    expect(changed.mock.calls.length).toBeLessThan(4)
    await writer[Symbol.asyncDispose]()
  },
)
