import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLastRunFile, type LastRunData } from './lastrunfile'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-lastrun-'))
})
afterEach(() => rm(folder, { recursive: true }))

const terminal = {
  instance: { id: 'i-1', name: 'web-1' },
  environment: { kind: 'aws', profile: 'prod' },
  environmentName: 'prod',
} as const
const data: LastRunData = {
  forwards: [
    { id: 'a', isOn: true, onSinceAt: 5, lastUpAt: 6, isNoted: true },
    { id: 'b', isOn: false, onSinceAt: 0, isNoted: false },
  ],
  terminals: [terminal, { ...terminal, environment: { kind: 'demo' }, environmentName: 'Demo' }],
}

test('what ran comes back in its order', async () => {
  const file = await openLastRunFile(folder)
  expect(file.value).toEqual({ forwards: [], terminals: [] })
  await file.write(data)
  expect((await openLastRunFile(folder)).value).toEqual(data)
})

test.each([
  ['a title that a far end has set', { terminals: [{ ...terminal, title: 'x' }] }],
  ['a name of any length', { terminals: [{ ...terminal, environmentName: 'x'.repeat(301) }] }],
  ['a time before all time', { forwards: [{ ...data.forwards[1], onSinceAt: -1 }] }],
])('a file with %s is kept aside', async (_, part) => {
  await writeFile(join(folder, 'lastrun.json'), JSON.stringify({ version: 1, data: { ...data, ...part } }))
  const file = await openLastRunFile(folder)
  expect([file.value, file.keptAside]).toEqual([
    { forwards: [], terminals: [] },
    expect.stringContaining('lastrun.json.'),
  ])
})
