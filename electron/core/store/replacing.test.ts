import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceFile } from './replacing'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'culvert-replace-'))))
afterEach(() => rm(folder, { recursive: true }))

test('a file is made and replaced as a whole, for this user only', async () => {
  const path = join(folder, 'a')
  await replaceFile(path, 'a longer one')
  await replaceFile(path, Buffer.from('new'))
  expect(await readFile(path, 'utf8')).toBe('new')
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['a'])
})

test('what cannot be replaced is as before, and nothing stays beside it', async () => {
  const path = join(folder, 'a')
  await mkdir(join(path, 'inner'), { recursive: true })
  await expect(replaceFile(path, 'new')).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['a'])
  expect(await readdir(path)).toEqual(['inner'])
})
