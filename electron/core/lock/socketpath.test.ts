import { chmod, mkdir, mkdtemp, readdir, realpath, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { askRunning } from './asking'
import { lockDirectory } from './lock'
import { socketPath } from './socketpath'

const holder = { pid: 4_711, door: 'window', startedAt: 0 }

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'culvert-path-'))
})
afterEach(() => rm(root, { recursive: true }))

test('a socket is in its directory, by whatever name that is called', async () => {
  const directory = join(root, 'data')
  await mkdir(directory)
  await symlink(directory, join(root, 'link'))
  const path = join(await realpath(directory), 'culvert.sock')
  expect([await socketPath(directory), await socketPath(join(root, 'link'))]).toEqual([path, path])
})

test('a directory that is not there has none', async () => {
  await expect(socketPath(join(root, 'none'))).rejects.toMatchObject({ code: 'data-directory' })
})

describe('a directory with a long path', () => {
  let temporary: string
  let long: string

  beforeEach(async () => {
    const before = process.env['TMPDIR']
    temporary = join(root, 't')
    process.env['TMPDIR'] = temporary
    onTestFinished(() => {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    })
    long = join(root, 'x'.repeat(100))
    await Promise.all([temporary, long].map((path) => mkdir(path)))
  })

  test('has its socket in a private directory for temporary files', async () => {
    const lock = await lockDirectory(long, holder)
    onTestFinished(() => lock[Symbol.asyncDispose]())
    lock.serve((request) => Promise.resolve(request))
    expect(await readdir(long)).toEqual([])
    const path = await socketPath(long)
    expect(path.startsWith(join(temporary, `culvert-${process.getuid!()}`, '/'))).toBe(true)
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await askRunning(long, 1)).toBe(1)
    await symlink(long, join(root, 's'))
    expect(await socketPath(join(root, 's'))).toBe(path)
    await expect(lockDirectory(await realpath(long), holder)).rejects.toMatchObject({ code: 'directory-locked' })
  })

  test('shares its socket with no other', async () => {
    const other = `${long}y`
    await mkdir(other)
    expect(await socketPath(other)).not.toBe(await socketPath(long))
  })

  test('cannot be locked where that private directory is not private', async () => {
    const folder = join(temporary, `culvert-${process.getuid!()}`)
    await mkdir(folder)
    await chmod(folder, 0o755)
    await expect(lockDirectory(long, holder)).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(folder),
    })
    await rm(folder, { recursive: true })
    await symlink(root, folder)
    await expect(lockDirectory(long, holder)).rejects.toMatchObject({ code: 'data-directory' })
  })

  test('has none where the one for temporary files is as long', async () => {
    process.env['TMPDIR'] = long
    await expect(socketPath(long)).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining('too long for a socket'),
    })
  })
})
