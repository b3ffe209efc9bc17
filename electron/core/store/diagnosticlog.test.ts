// The log over real files: what is in it, that it is bounded, and that no fault of the disk reaches who writes to it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { build } from 'esbuild'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { makePipe } from '../../../e2e/kit/programs/pipe'
import type { Diagnostic } from '../../../shared/diagnostics'
import { openDiagnosticLog, type DiagnosticLog } from './diagnosticlog'

const resume: Diagnostic = { kind: 'resume', sessionId: 'ann-0123456789abcdef0', pausedMs: 12, attempts: 2 }
const dropped: Diagnostic = { kind: 'frame-dropped', sessionId: 'ann-0123456789abcdef0', why: 'too short' }
const refused: Diagnostic = { kind: 'call', operation: 'ssm:StartSession', tookMs: 7, error: 'AccessDenied' }

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-diagnostics-'))
  path = join(folder, 'culvert.log')
})
afterEach(() => rm(folder, { recursive: true }))

async function opened(wanted = '1'): Promise<DiagnosticLog> {
  const log = await openDiagnosticLog({ directory: folder, env: { CULVERT_LOG: wanted }, door: 'test' })
  onTestFinished(() => log![Symbol.asyncDispose]())
  return log!
}

async function lines(name = 'culvert.log'): Promise<Record<string, unknown>[]> {
  const all = (await readFile(join(folder, name), 'utf8')).split('\n')
  expect(all.pop()).toBe('')
  return all.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test.each([{}, { CULVERT_LOG: '' }, { CULVERT_LOG: '0' }])(
  'there is no log where none is asked for: %o',
  async (env) => {
    expect(await openDiagnosticLog({ directory: join(folder, 'none'), env, door: 'test' })).toBeUndefined()
    expect(await readdir(folder)).toEqual([])
  },
)

test('an entry is a line with its time, level, process and door, in a file for us alone', async () => {
  await writeFile(path, '')
  await chmod(path, 0o644)
  const log = await opened()
  for (const entry of [resume, dropped, refused]) log.diagnose(entry)
  await log[Symbol.asyncDispose]()
  const common = { time: expect.stringMatching(/^\d{4}-.*Z$/), pid: process.pid, door: 'test' }
  const session = { sessionId: 'ann-0123456789abcdef0' }
  expect(await lines()).toEqual([
    { ...common, ...session, level: 'info', msg: 'resume', pausedMs: 12, attempts: 2 },
    { ...common, ...session, level: 'debug', msg: 'frame-dropped', why: 'too short' },
    { ...common, level: 'warn', msg: 'call', operation: 'ssm:StartSession', tookMs: 7, error: 'AccessDenied' },
  ])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a level keeps out what is below it', async () => {
  const log = await opened('WARN')
  for (const entry of [resume, dropped, refused]) log.diagnose(entry)
  await log[Symbol.asyncDispose]()
  expect((await lines()).map(({ msg }) => msg)).toEqual(['call'])
})

test('no text holds a secret, or is longer than a line that a person reads', async () => {
  const log = await opened()
  log.diagnose({ ...dropped, why: `TokenValue=abc ${'word '.repeat(10_000)}` })
  await log[Symbol.asyncDispose]()
  const [entry] = await lines()
  expect(String(entry!['why'])).toMatch(/^TokenValue=\[redacted\] word /)
  expect(String(entry!['why']).length).toBeLessThan(1_100)
})

test('is added to, and put aside as culvert.log.1 when it is full, one of them', async () => {
  await writeFile(`${path}.1`, 'older\n')
  await writeFile(path, `${'x'.repeat(9_999_800)}\n`)
  const log = await opened()
  for (let count = 0; count < 3; count += 1) log.diagnose({ ...resume, attempts: count })
  await log[Symbol.asyncDispose]()
  expect((await readdir(folder)).toSorted()).toEqual(['culvert.log', 'culvert.log.1'])
  // The first one had room.
  expect((await readFile(`${path}.1`, 'utf8')).slice(9_999_801)).toContain('"attempts":0')
  expect((await lines()).map(({ attempts }) => attempts)).toEqual([1, 2])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a log that cannot be put aside ends, and hurts nothing', async () => {
  await mkdir(join(`${path}.1`, 'full'), { recursive: true })
  await writeFile(path, `${'x'.repeat(9_999_999)}\n`)
  const log = await opened()
  for (let count = 0; count < 1_000; count += 1) log.diagnose(resume)
  await log[Symbol.asyncDispose]()
  log.diagnose(resume)
  expect((await stat(path)).size).toBe(10_000_000)
})

test.skipIf(process.platform === 'win32')('what is no file is refused at once', async () => {
  makePipe(path)
  await expect(opened()).rejects.toMatchObject({
    code: 'data-directory',
    message: expect.stringContaining(`${path} cannot be written (it is a pipe)`),
  })
})

test.skipIf(process.platform === 'win32').each(['in order', 'at once'])(
  'a full disk ends the log, and the process ends %s with its own status',
  async (how) => {
    const script = join(folder, 'child.mjs')
    await build({
      stdin: {
        contents: `
          import { openDiagnosticLog } from './diagnosticlog'
          const log = await openDiagnosticLog({ directory: process.argv[2], env: { CULVERT_LOG: '1' }, door: 'test' })
          const entry = { kind: 'resume', sessionId: 's', pausedMs: 1, attempts: 1 }
          for (let count = 0; count < 20_000; count += 1) log.diagnose(entry)
          if (process.argv[3] === 'in order') await log[Symbol.asyncDispose]()
          process.exit(7)
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
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    })
    // Files may have a few blocks only.
    const child = spawn('sh', ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, script, folder, how])
    onTestFinished(() => void child.kill('SIGKILL'))
    const [told, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect([told, status]).toEqual(['', 7])
    expect((await stat(path)).size).toBeLessThan(10_000)
  },
)
