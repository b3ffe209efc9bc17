import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePipe } from '../../../e2e/kit/programs/pipe'
import { readUserFile } from './userfile'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-userfile-'))
  path = join(folder, 'config')
})
afterEach(() => rm(folder, { recursive: true }))

test('a file is read whole, through a link too', async () => {
  const text = '[default]\nregion = eu-central-1\n'.repeat(10_000)
  await writeFile(join(folder, 'real'), text)
  await symlink(join(folder, 'real'), path)
  expect((await readUserFile(path)).toString()).toBe(text)
})

test.skipIf(process.platform === 'win32').each<[string, string, () => Promise<unknown>]>([
  ['missing', 'does not exist', async () => undefined],
  ['other', 'is a directory', () => mkdir(path)],
  ['other', 'is a pipe, and Culvert reads it more than once', () => Promise.resolve(makePipe(path))],
  ['other', 'has more than 10 MiB', () => symlink('/dev/zero', path)],
  ['other', 'cannot be read (ELOOP)', () => symlink(path, path)],
])('what cannot be read is told: %s, it %s', async (kind, message, make) => {
  await make()
  await expect(readUserFile(path)).rejects.toMatchObject({ name: 'FileFault', kind, message })
})

test('a path that goes through a file is missing', async () => {
  await writeFile(path, '')
  await expect(readUserFile(join(path, 'config'))).rejects.toMatchObject({ kind: 'missing' })
})

test('a file of exactly 10 MiB is read, one with a byte more is not', async () => {
  await writeFile(path, '')
  await truncate(path, 10 * 1_048_576)
  expect((await readUserFile(path)).length).toBe(10 * 1_048_576)
  await truncate(path, 10 * 1_048_576 + 1)
  await expect(readUserFile(path)).rejects.toMatchObject({ kind: 'other' })
})
