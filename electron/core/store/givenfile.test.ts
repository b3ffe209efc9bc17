import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openGivenFile } from './givenfile'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-given-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('nothing was given at first, and what was given stays given', async () => {
  const file = await openGivenFile(folder)
  expect(file.value).toEqual({ demoForwards: false })
  await file.write({ demoForwards: true })
  expect((await openGivenFile(folder)).value).toEqual({ demoForwards: true })
  expect(JSON.parse(await readFile(join(folder, 'given.json'), 'utf8'))).toEqual({
    version: 1,
    data: { demoForwards: true },
  })
})

test('a file that says something else is kept aside', async () => {
  await writeFile(join(folder, 'given.json'), '{"version":1,"data":{"demoForwards":"yes"}}')
  const file = await openGivenFile(folder)
  expect([file.value, file.keptAside]).toEqual([{ demoForwards: false }, expect.stringContaining('given.json.')])
})
