// The lock over real files, with holders that have died.

import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { takeLock, type FileLock } from './lockfile'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  path = join(folder, 'sso', 'a.lock')
})

const life = new AbortController().signal

/** Takes the lock; `onPause` runs at each look at a lock that another process holds. */
function take(onPause: () => unknown = () => expect.unreachable('waited'), signal = life): Promise<FileLock> {
  return takeLock({ path, longestMs: 60_000, signal, pause: async () => onPause() })
}

async function held(holder: Record<string, unknown>): Promise<void> {
  await mkdir(join(folder, 'sso'), { recursive: true })
  await writeFile(path, JSON.stringify({ pid: process.pid, host: hostname(), at: Date.now(), ...holder }))
}

test('one holds it, and the next has it once it is free', async () => {
  const first = await take()
  expect(first.hasWaited).toBe(false)
  const second = await take(() => first[Symbol.asyncDispose]())
  expect(second.hasWaited).toBe(true)
  // A lock that is given free twice leaves the next one's alone.
  await first[Symbol.asyncDispose]()
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid })
  await second[Symbol.asyncDispose]()
  expect(await readdir(join(folder, 'sso'))).toEqual([])
})

test.each([
  ['whose process has died', { pid: spawnSync('true').pid }],
  ['that is older than any holder may take', { at: Date.now() - 61_000 }],
  ['from the future', { at: Date.now() + 61_000 }],
])('a lock %s is taken over, and nothing else is left', async (_, holder) => {
  await held(holder)
  await using _lock = await take()
  expect(await readdir(join(folder, 'sso'))).toEqual(['a.lock'])
})

test('the lock of a living process, or of another computer, is waited for', async () => {
  for (const holder of [{}, { host: 'another', pid: spawnSync('true').pid }]) {
    await held(holder)
    let looks = 0
    await using lock = await take(async () => {
      looks += 1
      if (looks === 3) await rm(path)
    })
    expect([looks, lock.hasWaited]).toEqual([3, true])
  }
})

test('the age of a lock counts from when it was taken, not from when the waiting for it began', async () => {
  await held({})
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  await using _lock = await take(async () => {
    vi.setSystemTime(Date.now() + 50_000)
    await rm(path)
  })
  vi.setSystemTime(Date.now() + 50_000)
  const end = new AbortController()
  await expect(take(() => end.abort(new Error('held')), end.signal)).rejects.toThrow('held')
})

test('a lock without content counts as held until it is old', async () => {
  await mkdir(join(folder, 'sso'))
  await writeFile(path, '')
  await using lock = await take(() => utimes(path, 1, 1))
  expect(lock.hasWaited).toBe(true)
})

test('waiting ends with the signal', async () => {
  await held({})
  const end = new AbortController()
  await expect(take(() => end.abort(new Error('over')), end.signal)).rejects.toThrow('over')
})

test('a directory that cannot be made gives no lock, and the caller goes on', async () => {
  await writeFile(join(folder, 'sso'), '')
  await using lock = await take()
  expect(lock.hasWaited).toBe(false)
})
