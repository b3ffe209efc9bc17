import { constants } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { makePipe } from '../../../e2e/kit/programs/pipe'
import { openRegular, readRegular } from './regularfile'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-regular-'))
  path = join(folder, 'file')
})
afterEach(() => rm(folder, { recursive: true }))

describe('reading', () => {
  test('gives all bytes, also of a file that claims none and through a link', async () => {
    const bytes = Buffer.alloc(600_000, 'abc')
    await writeFile(path, bytes)
    await symlink(path, join(folder, 'link'))
    expect((await readRegular(join(folder, 'link')))?.equals(bytes)).toBe(true)
    await writeFile(path, '')
    expect(await readRegular(path)).toEqual(Buffer.alloc(0))
  })

  test('gives nothing of a file that is larger than any of ours', async () => {
    await writeFile(path, '')
    await truncate(path, 64 * 1024 * 1024 + 1)
    expect(await readRegular(path)).toBeUndefined()
  })

  test('rejects as the system does where there is none', async () => {
    await expect(readRegular(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.skipIf(process.platform === 'win32').each([
    ['EISDIR', () => mkdir(path)],
    ['it is a pipe', () => Promise.resolve(makePipe(path))],
    ['it is a device', () => symlink('/dev/zero', path)],
    [
      'it is a socket',
      async () => {
        const server = createServer().listen(path)
        onTestFinished(() => void server.close())
        await once(server, 'listening')
      },
    ],
  ])('rejects for what is no file: %s', async (code, make) => {
    await make()
    await expect(readRegular(path)).rejects.toMatchObject({ code })
    // Nor is it opened to be written.
    await expect(openRegular(path, constants.O_WRONLY | constants.O_CREAT, 0o600)).rejects.toMatchObject({ code })
  })
})

test('a file that is missing is made only where that is asked for, with its mode', async () => {
  await expect(openRegular(path, constants.O_WRONLY)).rejects.toMatchObject({ code: 'ENOENT' })
  await (await openRegular(path, constants.O_WRONLY | constants.O_CREAT, 0o600)).close()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})
