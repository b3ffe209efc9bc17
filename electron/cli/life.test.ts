// How a command is told to end, in a process of its own: signals, and what a second one changes.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { Interruption, interrupted, startLife } from './life'

let folder: string
let script: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-life-'))
  script = join(folder, 'child.mjs')
  await build({
    stdin: {
      contents: `
        import { startLife } from './life'
        const life = startLife((status) => process.exit(status))
        life.signal.addEventListener('abort', () => console.log(life.signal.reason.name + ' ' + life.signal.reason.status))
        process.stdin.on('data', () => process.exit(3)).resume()
        console.log('ready')
      `,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  })
})
afterAll(() => rm(folder, { recursive: true }))

test.skipIf(process.platform === 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s aborts the command with the status %i once, and ends no process', async (signal, status) => {
  const child = spawn(process.execPath, [script])
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  child.kill(signal)
  expect((await lines.next()).value).toBe(`Interruption ${status}`)
  child.kill(signal === 'SIGINT' ? 'SIGTERM' : 'SIGINT')
  // It goes in its own time.
  child.stdin.write('x')
  expect(await once(child, 'exit')).toEqual([3, null])
  expect((await lines.next()).done).toBe(true)
})

test('an ending that hangs is cut short, with the status of its first reason', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const before = new Map(signals.map((name) => [name, process.listeners(name)]))
  onTestFinished(() => {
    for (const name of signals) {
      for (const listener of process.listeners(name)) {
        if (before.get(name)?.includes(listener) !== true) process.off(name, listener)
      }
    }
  })
  const exits: number[] = []
  const life = startLife((status) => exits.push(status))
  life.readerGone()
  life.end(new Interruption('later', 1))
  expect((life.signal.reason as Interruption).status).toBe(141)
  vi.advanceTimersByTime(11_999)
  expect(exits).toEqual([])
  vi.advanceTimersByTime(1)
  expect(exits).toEqual([141])
})

test('a race is lost to the reason of an abort, before it and after', async () => {
  const controller = new AbortController()
  const race = interrupted(controller.signal)
  const why = new Interruption('told', 130)
  controller.abort(why)
  await expect(race).rejects.toBe(why)
  await expect(interrupted(controller.signal)).rejects.toBe(why)
})
