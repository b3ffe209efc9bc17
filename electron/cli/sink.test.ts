// A sink on a real pipe: a child process reads it, or does not, and goes away.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished, expect, test } from 'vitest'
import { Sink } from './sink'

/** More than a pipe holds. */
const FULL = Buffer.alloc(1_048_576, 'x')

/** A reader that takes nothing until it is told to, and a sink into it. */
async function open() {
  // The timer keeps it alive while it reads nothing.
  const script =
    "setInterval(() => undefined, 60_000); process.on('SIGUSR2', () => process.stdin.resume()); process.stdout.write('up')"
  const reader = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void reader.kill('SIGKILL'))
  await once(reader.stdout, 'data')
  let goneCount = 0
  const sink = new Sink(reader.stdin, () => {
    goneCount += 1
  })
  return { reader, sink, goneCount: () => goneCount }
}

test('all that wait for a reader are released when it goes', async () => {
  const { reader, sink, goneCount } = await open()
  const waiting = [sink.write(FULL), sink.write('more'), sink.write('and more')]
  const flushed = [sink.flushed(), sink.flushed()]
  reader.kill('SIGKILL')
  await Promise.all(waiting)
  expect(await Promise.all(flushed)).toEqual([false, false])
  expect(goneCount()).toBe(1)
  // Output that is printed from then on is dropped at once.
  await sink.write(FULL)
  expect(await sink.flushed()).toBe(false)
})

test('all that wait for room go on once a slow reader has read', async () => {
  const { reader, sink, goneCount } = await open()
  const warnings: Error[] = []
  const warn = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warn)
  onTestFinished(() => void process.off('warning', warn))
  const waiting = Array.from({ length: 20 }, () => sink.write(FULL))
  reader.kill('SIGUSR2')
  await Promise.all(waiting)
  expect(await sink.flushed()).toBe(true)
  expect([goneCount(), warnings]).toEqual([0, []])
})
