import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Forward } from '../../../shared/model/forward'
import { openTargetFile } from '../store/targetfile'
import { SavedTargets, type TargetFields } from './targets'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-targets-'))
})
afterEach(() => rm(folder, { recursive: true }))

const web: TargetFields = { name: 'web', set: { hosts: 'Name=web-*', choice: 'random' } }
const demo = { kind: 'demo' } as const

function forward(name: string, targetId: string): Forward {
  return {
    id: name,
    name,
    environment: demo,
    target: { kind: 'saved', targetId },
    remotePort: 80,
    startAtLaunch: false,
  }
}

async function open(forwards: () => readonly Forward[] = () => []) {
  let changes = 0
  const file = await openTargetFile(folder)
  const targets = new SavedTargets({ file, forwards, changed: () => (changes += 1) })
  return { targets, file, changeCount: () => changes }
}

test('a target is saved, changed and deleted, and each change is on disk and told', async () => {
  const { targets, changeCount } = await open()
  const id = await targets.create(demo, web)
  expect(targets.list).toEqual([{ ...web, id, environment: demo }])
  await targets.update(id, { ...web, defaultPort: 443 })
  expect((await openTargetFile(folder)).value).toEqual([{ ...web, id, environment: demo, defaultPort: 443 }])
  await targets.delete(id)
  expect(targets.list).toEqual([])
  expect((await openTargetFile(folder)).value).toEqual([])
  expect(changeCount()).toBe(3)
})

test('two targets never have one name, whatever the order of the requests', async () => {
  const { targets } = await open()
  const both = await Promise.allSettled([targets.create(demo, web), targets.create(demo, web)])
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  const other = await targets.create(demo, { ...web, name: 'api' })
  await expect(targets.update(other, web)).rejects.toMatchObject({ code: 'name-taken' })
  await targets.update(other, { ...web, name: 'api' })
})

test('a target that forwards use is not deleted, and they are named', async () => {
  let used: readonly Forward[] = []
  const { targets } = await open(() => used)
  const id = await targets.create(demo, web)
  used = [forward('shop', id), forward('other', 'x'), forward('orders', id)]
  await expect(targets.delete(id)).rejects.toMatchObject({
    code: 'usage',
    message: 'The target "web" is used by "shop", "orders". Give these forwards another target first.',
  })
  expect(targets.list).toHaveLength(1)
  used = []
  await targets.delete(id)
  await expect(targets.delete(id)).rejects.toMatchObject({ code: 'unknown-target' })
  await expect(targets.update(id, web)).rejects.toMatchObject({ code: 'unknown-target' })
})

test('a disposed list takes no change', async () => {
  const { targets } = await open()
  await targets[Symbol.asyncDispose]()
  await expect(targets.create(demo, web)).rejects.toMatchObject({ code: 'not-running' })
})
