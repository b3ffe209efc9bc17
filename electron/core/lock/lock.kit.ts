// What the tests of the lock share: directories, and a child process that locks or asks.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest'
import { lockDirectory, type DirectoryLock, type LockDeadlines, type LockHolder } from './lock'

/** Who holds the lock. */
export const holder: LockHolder = { pid: 4_711, door: 'window', startedAt: new Date(2026, 0, 5, 11, 42).getTime() }

/** The folder that contains all directories. */
export let root: string

/** The directory of this test. */
export let directory: string
let script: string

/** Tries for the lock at each "take", says what came of it, and keeps what it got until it is told or killed. */
const child = `
  import { createInterface } from 'node:readline'
  import { lockDirectory } from './lock'
  let lock
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'take') {
      try {
        // Ten of them start at once: the holder may not get a turn within the two seconds that people are asked to wait.
        const deadlines = { whoMs: 60_000 }
        lock = await lockDirectory(process.argv[2], { pid: process.pid, door: 'test', startedAt: 0 }, deadlines)
        lock.serve(async (request) => ({ asked: request, pid: process.pid }))
        console.log('won')
      } catch (error) {
        console.log(error.code + ' ' + error.message)
      }
    }
    if (line === 'release') {
      await lock[Symbol.asyncDispose]()
      console.log('released')
    }
  }
`

/** Locks a directory; released after the test. */
export async function locked(deadlines: LockDeadlines = {}, where = directory): Promise<DirectoryLock> {
  const lock = await lockDirectory(where, holder, deadlines)
  onTestFinished(() => lock[Symbol.asyncDispose]())
  return lock
}

/** A process of its own that takes and releases the lock of a directory as it is told; killed after the test. */
export class Child {
  readonly process: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  readonly #iterator: AsyncIterator<string>

  constructor(where = directory) {
    this.process = spawn(process.execPath, [script, where])
    this.#lines = createInterface({ input: this.process.stdout })
    this.#iterator = this.#lines[Symbol.asyncIterator]()
    this.process.stderr.pipe(process.stderr)
    onTestFinished(() => this.kill())
  }

  async tell(command: 'take' | 'release'): Promise<string> {
    this.process.stdin.write(`${command}\n`)
    const next = await this.#iterator.next()
    return String(next.value)
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const closed = once(this.process, 'close')
    this.process.kill('SIGKILL')
    await closed
  }
}

/** Makes a directory for each test; call it at the top of a test file. */
export function stageDirectories(): void {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'culvert-lock-'))
    script = join(root, 'child.mjs')
    await build({
      stdin: { contents: child, resolveDir: import.meta.dirname, loader: 'ts' },
      outfile: script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
    })
  })
  afterAll(() => rm(root, { recursive: true }))
  beforeEach(async () => {
    directory = await mkdtemp(join(root, 'd-'))
  })
}
