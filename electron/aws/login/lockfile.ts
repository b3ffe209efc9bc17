// A lock file: only one process of this user, app or command line, logs in or refreshes a login at a time.
//
//   create (wx) → created → held until it is disposed
//               → exists  → its holder is dead, or the lock is too old → remove it, create again
//                         → else wait 250 ms, create again
//
// Owns one file. If the file cannot be created, the caller goes on without a lock: two logins at the same time are a nuisance, not a
// fault. Between judging a lock dead and removing it, another process may replace it: the new one is then put back.

import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { nodeCode } from '../errors/errors'

/** How often a lock of another process is looked at. */
const LOOK_MS = 250

/** A lock without content is dead after this time: its process has died between creating and writing it. */
const EMPTY_MS = 10_000

const MAX_BYTES = 4_096

const content = z.object({ pid: z.number().int().positive(), host: z.string(), at: z.number() })

/** The parameters of `takeLock`. */
export interface LockOptions {
  readonly path: string
  /** A lock that is held for longer is taken over, ms. */
  readonly longestMs: number
  readonly signal: AbortSignal
  /** Called once, when another process holds the lock; with its id where that is known. Must not throw. */
  readonly onWait?: (pid: number | undefined) => void
  /** Given by tests. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** A lock that is held. Disposing gives it free; idempotent, never rejects. */
export interface FileLock extends AsyncDisposable {
  /** Whether another process held it first. */
  readonly hasWaited: boolean
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    return nodeCode(error) !== 'ESRCH'
  }
}

/** Makes the file; false where it exists. Rejects as the system does. */
async function made(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (nodeCode(error) === 'EEXIST') return false
    throw error
  }
}

/** The text of the file, cut; undefined where it is gone. */
async function textOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  return bytes?.subarray(0, MAX_BYTES).toString('utf8')
}

interface Holder {
  readonly pid: number | undefined
  /** Whether the lock may be removed. */
  readonly isGone: boolean
}

async function holderOf(path: string, text: string, longestMs: number): Promise<Holder> {
  const parsed = content.safeParse(jsonOf(text))
  if (!parsed.success) {
    const changedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    )
    return { pid: undefined, isGone: Math.abs(Date.now() - changedAt) > EMPTY_MS }
  }
  const { pid, host, at } = parsed.data
  // On a shared home directory the holder may run on another computer, where its process cannot be checked.
  const hasDied = host === hostname() && !isAlive(pid)
  return { pid, isGone: hasDied || Math.abs(Date.now() - at) > longestMs }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Removes the lock whose text is `judged`. Puts the file back if its text is another one by now. */
async function remove(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    if ((await textOf(aside)) !== judged) await link(aside, path)
  } catch {
    // Another process has removed or replaced it first.
  }
  await rm(aside, { force: true }).catch(() => undefined)
}

/** Takes the lock, and waits for it where another process holds it. Rejects with the reason of `signal` alone. */
export async function takeLock(options: LockOptions): Promise<FileLock> {
  const { path, longestMs, signal, onWait, pause = (ms, ending) => sleep(ms, undefined, { signal: ending }) } = options
  const id = randomUUID()
  let hasWaited = false
  let text: string
  for (;;) {
    signal.throwIfAborted()
    // The time of this attempt: a lock that was waited for is not older than the others.
    text = JSON.stringify({ pid: process.pid, host: hostname(), at: Date.now(), id })
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      if (await made(path, text)) break
    } catch {
      return { hasWaited, [Symbol.asyncDispose]: () => Promise.resolve() }
    }
    const held = await textOf(path)
    if (held === undefined) continue
    const holder = await holderOf(path, held, longestMs)
    if (holder.isGone) {
      await remove(path, held)
      continue
    }
    if (!hasWaited) onWait?.(holder.pid)
    hasWaited = true
    await pause(LOOK_MS, signal).catch(() => signal.throwIfAborted())
  }
  return {
    hasWaited,
    [Symbol.asyncDispose]: async () => {
      if ((await textOf(path)) === text) await rm(path, { force: true }).catch(() => undefined)
    },
  }
}
