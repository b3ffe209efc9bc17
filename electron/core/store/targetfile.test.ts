import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTargetFile, readTargetFile } from './targetfile'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-targets-'))
})
afterEach(() => rm(folder, { recursive: true }))

const web = {
  id: 'a',
  name: 'web',
  environment: { kind: 'aws', profile: 'prod', region: 'eu-central-1' },
  set: { hosts: 'tag:Role=web,Env=prod', choice: 'sticky' },
  defaultPort: 443,
  remoteHost: 'shop.internal',
  document: { name: 'Own-Port' },
  connectionLimit: 10,
  maxDurationMinutes: 480,
} as const

function write(data: unknown): Promise<void> {
  return writeFile(join(folder, 'targets.json'), JSON.stringify({ version: 1, data }))
}

test('what is written is read again, by the app and by a command that only reads', async () => {
  expect(await readTargetFile(folder)).toEqual([])
  const file = await openTargetFile(folder)
  await file.write([web])
  await file.close()
  expect(await readTargetFile(folder)).toEqual([web])
  expect((await openTargetFile(folder)).value).toEqual([web])
})

test('two targets of one name both stay', async () => {
  await write([web, { ...web, id: 'b' }])
  expect((await readTargetFile(folder)).map(({ name }) => name)).toEqual(['web', 'web (2)'])
})

test('a file with a malformed set is kept aside', async () => {
  await write([{ ...web, set: { hosts: 'web-*', choice: 'random' } }])
  await expect(readTargetFile(folder)).rejects.toMatchObject({ code: 'data-directory' })
  const { value, keptAside } = await openTargetFile(folder)
  expect(value).toEqual([])
  expect(await readdir(folder)).toEqual([keptAside?.split('/').at(-1)])
})
