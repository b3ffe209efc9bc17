import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readInstallation } from './installation'

let home: string
let directory: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'culvert-installation-'))
  directory = join(home, 'data')
})
afterEach(async () => {
  await chmod(home, 0o700)
  await rm(home, { recursive: true, force: true })
})

test('it is made once, for its owner alone, and read from then on, also by processes that make it at the same time', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => readInstallation(directory)))
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(await readInstallation(directory)).toBe(ids[0])
  expect(await readdir(directory)).toEqual(['installation'])
  expect((await stat(join(directory, 'installation'))).mode & 0o777).toBe(0o600)
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
})

test('another directory has another one', async () => {
  expect(await readInstallation(directory)).not.toBe(await readInstallation(join(home, 'other')))
})

test('a file with other content, and a directory that cannot be made, are told and leave nothing behind', async () => {
  await readInstallation(directory)
  await writeFile(join(directory, 'installation'), 'mine\n')
  await expect(readInstallation(directory)).rejects.toMatchObject({ code: 'data-directory' })
  expect(await readdir(directory)).toEqual(['installation'])
  await expect(readInstallation(join(directory, 'installation', 'x'))).rejects.toMatchObject({ code: 'data-directory' })
})
