import { spawn } from 'node:child_process'
import { appendFile, chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { JournalEntry } from '../../../shared/model/journal'
import { openJournal, type Journal } from './journal'
import { makePipe } from '../../../e2e/kit/programs/pipe'

const subject = { kind: 'app' } as const

let folder: string
let path: string
let told: JournalEntry[]
/** What is wrong, each time that it was told. */
let problems: (string | undefined)[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-journal-'))
  path = join(folder, 'journal.jsonl')
  told = []
  problems = []
})
afterEach(() => rm(folder, { recursive: true }))

async function opened(): Promise<Journal> {
  const journal = await openJournal(folder, {
    now: () => 1_000,
    onEntry: (entry) => told.push(entry),
    onProblem: () => problems.push(journal.problem),
  })
  onTestFinished(() => journal[Symbol.asyncDispose]())
  return journal
}

/** Adds so many, and waits until they are written. */
async function wrote(count: number, words = 'Entry', journal?: Journal): Promise<void> {
  const own = journal ?? (await opened())
  for (let index = 1; index <= count; index += 1) own.add({ tone: 'idle', subject, text: `${words} ${index}.` })
  await own[Symbol.asyncDispose]()
}

const lines = async (name = 'journal.jsonl'): Promise<JournalEntry[]> =>
  (await readFile(join(folder, name), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalEntry)

const texts = (journal: Journal, limit = 10): string[] => journal.list({ limit }).entries.map(({ text }) => text)

describe('an entry', () => {
  test('is told at once, listed, and on disk in order', async () => {
    const journal = await opened()
    const first = journal.add({
      tone: 'up',
      subject: { kind: 'forward', id: 'f', name: 'db' },
      text: 'is up.',
      facts: { Session: 'ann-1' },
    })
    expect(first).toEqual({
      id: 1,
      at: 1_000,
      tone: 'up',
      subject: { kind: 'forward', id: 'f', name: 'db' },
      text: 'is up.',
      facts: { Session: 'ann-1' },
    })
    const second = journal.add({
      tone: 'failed',
      subject,
      text: 'Failed.',
      error: { code: 'network', message: 'Gone.' },
    })
    expect(told).toEqual([first, second])
    expect(journal.list({ limit: 5 })).toEqual({ entries: [second, first], hasMore: false })
    await journal[Symbol.asyncDispose]()
    expect(await lines()).toEqual([first, second])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(journal.problem).toBeUndefined()
  })

  test('holds no secret, wherever it was said', async () => {
    const journal = await opened()
    const key = 'AKIAIOSFODNN7EXAMPLE'
    const entry = journal.add({
      tone: 'failed',
      subject: { kind: 'terminal', id: 't', name: `with ${key}` },
      text: `said TokenValue=abc and ${key}`,
      error: { code: 'service', message: 'https://h/?X-Amz-Signature=00ff' },
      facts: { Session: 'ann-0123456789abcdef0', TokenValue: 'abc' },
    })
    await journal[Symbol.asyncDispose]()
    expect(entry).toMatchObject({
      subject: { name: 'with AKIA[redacted]' },
      text: 'said TokenValue=[redacted] and AKIA[redacted]',
      error: { code: 'service', message: 'https://h/?X-Amz-Signature=[redacted]' },
      facts: { Session: 'ann-0123456789abcdef0', TokenValue: '[redacted]' },
    })
    expect(told).toEqual([entry])
    expect(await lines()).toEqual([entry])
  })
})

describe('the list', () => {
  test('goes back page by page to the oldest of the newest 2,000', async () => {
    const journal = await opened()
    for (let index = 1; index <= 2_010; index += 1) journal.add({ tone: 'idle', subject, text: String(index) })
    const first = journal.list({ limit: 2 })
    expect([first.entries.map(({ id }) => id), first.hasMore]).toEqual([[2_010, 2_009], true])
    expect(journal.list({ beforeId: 2_009, limit: 1 }).entries.map(({ id }) => id)).toEqual([2_008])
    const last = journal.list({ beforeId: 13, limit: 2 })
    expect([last.entries.map(({ id }) => id), last.hasMore]).toEqual([[12, 11], false])
    expect(journal.list({ beforeId: 11, limit: 2 })).toEqual({ entries: [], hasMore: false })
  })

  test('has what earlier runs said, and ids ascend over them', async () => {
    await wrote(3, 'Old')
    const journal = await opened()
    expect(texts(journal)).toEqual(['Old 3.', 'Old 2.', 'Old 1.'])
    expect(journal.add({ tone: 'idle', subject, text: 'New.' }).id).toBe(4)
  })
})

describe('the file', () => {
  test('with lines that nobody can read is kept as it is, and what is added begins a line', async () => {
    await wrote(1)
    await appendFile(path, 'nonsense\n\n{"id":2,"at":1,"tone":"pink"}\n{"id":2,"at":5,"tone":"idle","subj')
    const before = await readFile(path, 'utf8')
    const journal = await opened()
    expect(texts(journal)).toEqual(['Entry 1.'])
    expect(journal.problem).toBe(`3 lines of the journal in ${folder} could not be read and are not shown.`)
    expect(await readFile(path, 'utf8')).toBe(before)
    await wrote(1, 'More', journal)
    expect((await readFile(path, 'utf8')).startsWith(`${before}\n{"id":2,`)).toBe(true)
    expect(texts(await opened())).toEqual(['More 1.', 'Entry 1.'])
  })

  test('is read from its end: what precedes the newest 2,000 entries is not looked at', async () => {
    await wrote(2_000)
    const newest = await readFile(path, 'utf8')
    await writeFile(path, `${'nonsense\n'.repeat(500_000)}${newest}`)
    await writeFile(join(folder, 'journal.1.jsonl'), 'nonsense\n'.repeat(10_000))
    const journal = await opened()
    expect(journal.problem).toBeUndefined()
    expect(journal.list({ limit: 1 }).entries.map(({ id }) => id)).toEqual([2_000])
    expect(journal.list({ beforeId: 2, limit: 5 })).toMatchObject({ entries: [{ id: 1 }], hasMore: false })
  })

  test('is put aside as journal.1.jsonl when it is full, and both are read', async () => {
    await wrote(1, 'First')
    await wrote(1, 'x'.repeat(1_000).replaceAll('x', 'word '))
    await writeFile(join(folder, 'journal.1.jsonl'), 'older\n')
    // Filled up with an entry of five million characters.
    const [first] = await lines()
    await appendFile(path, `${JSON.stringify({ ...first, id: 9, text: 'word '.repeat(999_000) })}\n`)
    const journal = await opened()
    journal.add({ tone: 'idle', subject, text: 'word '.repeat(1_000) })
    await journal[Symbol.asyncDispose]()
    expect((await lines('journal.1.jsonl')).map(({ id }) => id)).toEqual([1, 2, 9])
    expect((await lines()).map(({ id }) => id)).toEqual([10])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const next = await opened()
    expect(next.list({ limit: 9 }).entries.map(({ id }) => id)).toEqual([10, 9, 2, 1])
    expect(next.problem).toBeUndefined()
  })

  test('that others may read is ours alone once something is added', async () => {
    await writeFile(path, '')
    await chmod(path, 0o644)
    await wrote(1)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('that cannot be read or written stops nothing; what waits is written once that works', async () => {
    await mkdir(path)
    const journal = await opened()
    expect(journal.problem).toContain(`${path} cannot be read (EISDIR)`)
    journal.add({ tone: 'idle', subject, text: 'One.' })
    await expect.poll(() => journal.problem).toContain(`${path} cannot be written (EISDIR)`)
    expect(journal.problem).toMatch(/Entries are kept in memory\.$/)
    expect(texts(journal)).toEqual(['One.'])
    await rm(path, { recursive: true })
    await wrote(1, 'Two', journal)
    expect((await lines()).map(({ text }) => text)).toEqual(['One.', 'Two 1.'])
    // What could not be read is missing still.
    expect(journal.problem).toContain('cannot be read')
    expect(await readdir(folder)).toEqual(['journal.jsonl'])
  })

  test('tells that it cannot be written, and that it can again', async () => {
    await mkdir(path)
    const journal = await opened()
    journal.add({ tone: 'idle', subject, text: 'One.' })
    await expect.poll(() => problems, { timeout: 10_000 }).toEqual([expect.stringContaining('cannot be written')])
    await rm(path, { recursive: true })
    await wrote(1, 'Two', journal)
    expect(problems).toEqual([expect.stringContaining('cannot be written'), expect.stringContaining('cannot be read')])
  })

  test.skipIf(process.platform === 'win32').each(['journal.jsonl', 'journal.1.jsonl'])(
    'that is a pipe hangs nothing: %s',
    async (name) => {
      makePipe(join(folder, name))
      const journal = await opened()
      expect(journal.problem).toContain(`${join(folder, name)} cannot be read (it is a pipe)`)
      await wrote(1, 'One', journal)
      expect(texts(journal)).toEqual(['One 1.'])
      expect(journal.problem).toContain(
        name === 'journal.jsonl' ? 'cannot be written (it is a pipe)' : 'cannot be read',
      )
      expect((await stat(join(folder, name))).isFIFO()).toBe(true)
    },
  )

  test('without end is not read, and put aside at the next entry', async () => {
    await writeFile(path, '')
    await truncate(path, 4 * 1024 ** 4)
    const journal = await opened()
    expect(journal.problem).toContain(`${path} is too large to be read`)
    await wrote(1, 'One', journal)
    expect((await lines()).map(({ text }) => text)).toEqual(['One 1.'])
  })

  test('on a disk that fills up in the middle of a write has no half of it', async () => {
    await wrote(1, 'Before')
    const before = await readFile(path, 'utf8')
    const script = join(folder, 'child.mjs')
    await build({
      stdin: {
        contents: `
          import { openJournal } from './journal'
          const journal = await openJournal(process.argv[2], { now: () => 1, onEntry: () => undefined })
          for (let count = 0; count < 200; count += 1) journal.add({ tone: 'idle', subject: { kind: 'app' }, text: 'After.' })
          await journal[Symbol.asyncDispose]()
          console.log(JSON.stringify([journal.problem, journal.list({ limit: 500 }).entries.length]))
        `,
        resolveDir: import.meta.dirname,
        loader: 'ts',
      },
      outfile: script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
    })
    // Files may have a few blocks only: a part of the batch is written, then no more.
    const child = spawn('sh', ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, script, folder])
    const [problem, count] = JSON.parse(await text(child.stdout)) as [string, number]
    expect([problem, count]).toEqual([expect.stringContaining('cannot be written (EFBIG)'), 201])
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  test('takes ten thousand entries at once, in order', async () => {
    const journal = await opened()
    for (let turn = 0; turn < 10; turn += 1) {
      for (let index = 0; index < 1_000; index += 1) journal.add({ tone: 'idle', subject, text: 'x' })
      await Promise.resolve()
    }
    await journal[Symbol.asyncDispose]()
    expect((await lines()).map(({ id }) => id)).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1))
  })
})
