// The socket of one command, over real sockets in a folder for temporary files of this test.

import { chmod, lstat, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { askProcess, openProcessSocket } from './processsocket'
import type { Answering } from './socketserver'

const uid = process.getuid?.() ?? 0
const own = { pid: process.pid, door: 'forward', startedAt: 0 }

let temporary: string
let folder: string

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'culvert-process-'))
  folder = join(temporary, `culvert-${String(uid)}`)
  vi.stubEnv('TMPDIR', temporary)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(temporary, { recursive: true })
})

async function opened(answering: Answering = (request) => Promise.resolve({ asked: request })): Promise<void> {
  const socket = await openProcessSocket(own, answering)
  onTestFinished(() => socket[Symbol.asyncDispose]())
}

const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777
const path = (pid: number): string => join(folder, `pid-${String(pid)}.sock`)
const refused = { code: 'data-directory', message: expect.stringContaining(`culvert-${String(uid)}`) }

describe('the socket of a command', () => {
  test('answers by its process id, is for its user alone, and is gone with the command', async () => {
    const socket = await openProcessSocket(own, (request) => Promise.resolve({ asked: request }))
    expect(await askProcess(process.pid, { keys: 1 })).toEqual({ asked: { keys: 1 } })
    expect([await modeOf(folder), await modeOf(path(process.pid))]).toEqual([0o700, 0o600])
    await socket[Symbol.asyncDispose]()
    await expect(lstat(path(process.pid))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(askProcess(process.pid, {})).rejects.toMatchObject({ code: 'not-running' })
  })

  test('takes no more than 64 KiB', async () => {
    await opened()
    await expect(askProcess(process.pid, 'x'.repeat(65_536))).rejects.toMatchObject({
      code: expect.stringMatching(/^(protocol|not-running)$/),
    })
    expect(await askProcess(process.pid, 'x')).toEqual({ asked: 'x' })
  })

  test('takes the place of one that a dead process has left, also with the same id, and leaves living ones alone', async () => {
    const dead = spawn(process.execPath, ['-e', '0'])
    await once(dead, 'exit')
    await mkdir(folder, { mode: 0o700 })
    const leave = (name: string): Promise<unknown[]> =>
      once(
        spawn(process.execPath, [
          '-e',
          `require('net').createServer().listen(${JSON.stringify(name)}, () => process.kill(process.pid, 'SIGKILL'))`,
        ]),
        'exit',
      )
    await leave(path(dead.pid ?? 0))
    await leave(path(process.pid))
    await leave(path(1))
    await opened()
    await expect(lstat(path(dead.pid ?? 0))).rejects.toMatchObject({ code: 'ENOENT' })
    // The process with this id lives, so the file may be that of another one that is about to listen.
    expect((await lstat(path(1))).isSocket()).toBe(true)
    expect(await askProcess(process.pid, 1)).toEqual({ asked: 1 })
  })
})

describe('a process without a socket', () => {
  test('is told with the ids of those that have one', async () => {
    await opened()
    await expect(askProcess(1, {})).rejects.toMatchObject({
      code: 'not-running',
      message: expect.stringContaining(`these take credentials: ${String(process.pid)}.`),
    })
  })
})

describe('credentials are not sent', () => {
  test('in a folder that is a symbolic link', async () => {
    await opened()
    await rename(folder, join(temporary, 'elsewhere'))
    await symlink(join(temporary, 'elsewhere'), folder)
    await expect(askProcess(process.pid, {})).rejects.toMatchObject(refused)
    await expect(openProcessSocket(own, () => Promise.resolve(null))).rejects.toMatchObject(refused)
  })

  test('in a folder that others can use', async () => {
    await opened()
    await chmod(folder, 0o770)
    await expect(askProcess(process.pid, {})).rejects.toMatchObject(refused)
    await expect(openProcessSocket(own, () => Promise.resolve(null))).rejects.toMatchObject(refused)
  })

  test('where a file has the place of the socket', async () => {
    await mkdir(folder, { mode: 0o700 })
    await writeFile(path(process.pid), '')
    await expect(askProcess(process.pid, {})).rejects.toMatchObject(refused)
    // The folder is private, so nobody else has put it there.
    await opened()
    expect(await askProcess(process.pid, 1)).toEqual({ asked: 1 })
  })
})
