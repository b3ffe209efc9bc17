// What the tests of watcher.ts share: a computer with one shell as its `sh`, in which the three programs really run.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { killGroup, words } from './stage.kit'
import { watcherCommand, watcherScript, wrapperCommand } from './watcher'

/** Spans that no test waits for. */
export const SPANS = { firstSeconds: 300, leaseSeconds: 300, ttlSeconds: 3_000 }
const isRoot = process.getuid?.() === 0
/** A user that is not root, for the watcher; the wrapper is then root's, as in a container. */
export const other = isRoot ? { uid: 65_534, gid: 65_534 } : {}

/** A computer with this shell as its `sh`, and with a `sleep` of which a second takes 5 ms, or lasts until the test says `pass`. */
export class Stage {
  readonly nonce = randomBytes(16).toString('hex')
  readonly folder = mkdtempSync(join(tmpdir(), 'culvert-watcher-'))
  readonly env: NodeJS.ProcessEnv
  readonly #children: ChildProcess[] = []
  readonly #pace: number

  constructor(shell: string, { isPaced = false } = {}) {
    chmodSync(this.folder, 0o755)
    symlinkSync(shell, join(this.folder, 'sh'))
    const [pace, log] = [join(this.folder, 'pace'), join(this.folder, 'log')]
    execFileSync('mkfifo', [pace])
    writeFileSync(log, '')
    for (const path of [pace, log]) chmodSync(path, 0o666)
    this.#pace = openSync(pace, 'r+')
    const sleep = isPaced ? `echo >>${log}; read -r x <${pace}` : 'exec /bin/sleep 0.005'
    writeFileSync(join(this.folder, 'sleep'), `#!/bin/sh\n${sleep}\n`, { mode: 0o755 })
    this.env = { PATH: `${this.folder}:/usr/bin:/bin` }
    onTestFinished(() => {
      for (const child of this.#children) killGroup(child)
      closeSync(this.#pace)
      rmSync(this.folder, { recursive: true, force: true })
      rmSync(this.mark, { recursive: true, force: true })
    })
  }

  get mark(): string {
    return `/tmp/.culvert-${this.nonce}`
  }

  /** Starts the watcher as a container's main process. */
  watch(spans: Partial<typeof SPANS> = {}): Running {
    const [program = '', ...args] = watcherCommand(watcherScript(this.nonce, { ...SPANS, ...spans }))
    return this.#start(join(this.folder, program), args, other)
  }

  /** Executes a command as ExecuteCommand does: split into words, without a shell. */
  exec(command: string): Running {
    const [program = '', ...args] = words(command)
    return this.#start(join(this.folder, program), args, {})
  }

  /** Lets seconds pass, one after the other; the watcher has then looked about once more after the last of them. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      const before = await this.#sleeps()
      writeSync(this.#pace, '\n')
      await expect.poll(() => this.#sleeps(), { interval: 2 }).toBeGreaterThan(before)
    }
  }

  /** Lets seconds pass without looking. */
  let(seconds: number): void {
    writeSync(this.#pace, '\n'.repeat(seconds))
  }

  /** Waits for a sleep, and resolves with the number of those that began. */
  async #sleeps(): Promise<number> {
    const count = (): number => readFileSync(join(this.folder, 'log')).length
    await expect.poll(count, { interval: 2 }).toBeGreaterThan(0)
    return count()
  }

  run(command: string, isAlone = false): Running {
    return this.exec(wrapperCommand(this.nonce, { command, isAlone, proofSeconds: 30 }))
  }

  #start(path: string, args: readonly string[], user: { uid?: number; gid?: number }): Running {
    const child = spawn(path, args, { env: this.env, stdio: ['pipe', 'pipe', 'inherit'], detached: true, ...user })
    this.#children.push(child)
    return new Running(child)
  }
}

/** A program of the stage. */
class Running {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>
  text = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stdin?.on('error', () => undefined)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.text += text))
    // Not 'close': a sleep in the background holds the output.
    this.ended = once(child, 'exit').then(async () => {
      await expect.poll(() => this.text.endsWith('\n') || child.signalCode !== null).toBe(true)
      return { code: child.exitCode, text: this.text }
    })
  }

  /** Waits for a text of its output. */
  async says(text: string): Promise<void> {
    await expect.poll(() => this.text).toContain(text)
  }
}

/** Waits until the wrapper has registered itself. */
export async function stageReady(stage: Stage): Promise<void> {
  await expect.poll(() => readFileSync(join(stage.mark, 'shell'), 'utf8')).toMatch(/^\d+ \d+ \w+\n$/)
}

/** Waits until the watcher has made its folder. */
export async function folderOf(stage: Stage): Promise<void> {
  await expect.poll(() => existsSync(join(stage.mark, 'nonce'))).toBe(true)
}
