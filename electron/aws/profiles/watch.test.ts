import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchCredentials } from './watch'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'culvert-watch-'))
})
afterEach(() => rm(home, { recursive: true }))

/** Does `change` until the watch tells of something: one that is done before its first look is not seen. */
async function told(change: (count: number) => Promise<void>, env: NodeJS.ProcessEnv = {}): Promise<void> {
  let isTold = false
  const watch = watchCredentials(
    { HOME: home, ...env },
    () => {
      isTold = true
    },
    5,
  )
  let count = 0
  await vi.waitFor(async () => {
    count += 1
    await change(count)
    expect(isTold).toBe(true)
  })
  watch[Symbol.dispose]()
}

test('tells of files that come, that are replaced, and of a login', async () => {
  const file = join(home, '.aws', 'credentials')
  await told(async (count) => {
    await mkdir(join(home, '.aws', 'sso', 'cache'), { recursive: true })
    await writeFile(file, `[default]\n# ${count}\n`)
  })
  await told(async (count) => {
    await writeFile(`${file}.new`, `[default]\naws_access_key_id = A${count}\n`)
    await rename(`${file}.new`, file)
  })
  await told((count) => writeFile(join(home, '.aws', 'sso', 'cache', `token-${count}.json`), '{}'))
})

test('tells of an `aws login`, also the first one of this computer', async () => {
  const directory = join(home, '.aws', 'login', 'cache')
  await told(async (count) => {
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, `${count}.json`), '{}')
  })
})

test('tells of an `aws login` in the directory that AWS_LOGIN_CACHE_DIRECTORY names', async () => {
  const directory = join(home, 'elsewhere')
  await mkdir(directory)
  const login = (count: number) => writeFile(join(directory, `${count}.json`), '{}')
  await told(login, { AWS_LOGIN_CACHE_DIRECTORY: directory })
})
