// Names of sockets on a real disk. That exactly one of many processes wins is shown in lock.test.ts.

import { once } from 'node:events'
import { link, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { identityOf, removeLitter, takeName, unlinkIfThere } from './takeover'

let folder: string
let name: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-takeover-'))
  name = join(folder, 'culvert.sock')
})
afterEach(() => rm(folder, { recursive: true }))

/** A socket that listens; resolves with its path. */
async function alive(path: string): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(path)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return path
}

/** The socket of a process that is gone. */
async function dead(path: string): Promise<string> {
  const server = createServer().listen(join(folder, 'dying'))
  await once(server, 'listening')
  await link(join(folder, 'dying'), path)
  server.close()
  await once(server, 'close')
  return path
}

const never = (): Promise<never> => Promise.reject(new Error('There is nobody to wait for.'))

test('a name that is free is taken, and one that a living socket has is not', async () => {
  const own = await alive(join(folder, 'own'))
  expect(await takeName({ own, name, untilSettled: never })).toBe(true)
  expect(await identityOf(name)).toBe(await identityOf(own))
  const other = await alive(join(folder, 'other'))
  expect(await takeName({ own: other, name, untilSettled: never })).toBe(false)
  expect(await identityOf(name)).toBe(await identityOf(own))
})

test('the name of a dead socket is taken over, without a guard left', async () => {
  await dead(name)
  const own = await alive(join(folder, 'own'))
  expect(await takeName({ own, name, untilSettled: never })).toBe(true)
  expect((await readdir(folder)).toSorted()).toEqual(['culvert.sock', 'own'])
})

test('while a living process holds the guard of a dead socket that process is waited for', async () => {
  await dead(name)
  const guard = await alive(`${name}.${await identityOf(name)}`)
  const own = await alive(join(folder, 'own'))
  const waited: string[] = []
  const untilSettled = async (path: string): Promise<void> => {
    waited.push(path)
    // It has removed the dead one, and its own guard.
    await rm(name)
    await rm(guard)
  }
  expect(await takeName({ own, name, untilSettled })).toBe(true)
  expect(waited).toEqual([guard])
})

test('the identity of a socket is its own, and the same by every name', async () => {
  await alive(name)
  await link(name, join(folder, 'again'))
  const identity = await identityOf(name)
  expect(identity).toMatch(/^[0-9a-f]{12}$/)
  expect(await identityOf(join(folder, 'again'))).toBe(identity)
  expect(await identityOf(await alive(join(folder, 'other')))).not.toBe(identity)
  expect(await identityOf(join(folder, 'none'))).toBeUndefined()
  await writeFile(join(folder, 'file'), '')
  await expect(identityOf(join(folder, 'file'))).rejects.toMatchObject({ code: 'data-directory' })
})

test('litter is what dead processes have left beside a name, and nothing else', async () => {
  await alive(name)
  await dead(`${name}.0123456789ab`)
  await alive(`${name}.ba9876543210`)
  await dead(`${name}.kept`)
  await dead(join(folder, 'other.sock.0123456789ab'))
  await writeFile(`${name}.00000000000g`, '')
  await removeLitter(name)
  expect((await readdir(folder)).toSorted()).toEqual([
    'culvert.sock',
    'culvert.sock.00000000000g',
    'culvert.sock.ba9876543210',
    'culvert.sock.kept',
    'other.sock.0123456789ab',
  ])
})

test('removing what is not there is fine, and what cannot be removed is told', async () => {
  await unlinkIfThere(join(folder, 'none'))
  await expect(unlinkIfThere(folder)).rejects.toThrow(/EISDIR|EPERM/)
})
