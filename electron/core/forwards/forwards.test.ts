// The list of saved forwards: what is checked, what is on disk, and in which order changes happen.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeGround, quick, Watched, type Ground } from '../../../e2e/kit/aws/forwards'
import type { Forward, ForwardView } from '../../../shared/model/forward'
import type { JsonFile } from '../store/jsonfile'
import { openForwardFile } from '../store/forwardfile'
import { Forwards, type ForwardFields, type ForwardsOptions } from './forwards'

let ground: Ground
let file: JsonFile<readonly Forward[]>
let watched: Watched
const lists: Forwards[] = []

beforeEach(async () => {
  ground = await makeGround()
  watched = new Watched()
  file = await openForwardFile(ground.directory)
})
afterEach(async () => {
  await Promise.all(lists.splice(0).map((list) => list[Symbol.asyncDispose]()))
  expect(ground.stage.active()).toEqual([])
  await file.close()
  await ground.close()
})

function open(more: Partial<ForwardsOptions> = {}): Forwards {
  const forwards = new Forwards({
    file,
    environments: ground.environments,
    journal: ground.journal,
    now: Date.now,
    timing: quick,
    before: [],
    changed: watched.tell,
    ...more,
  })
  lists.push(forwards)
  return forwards
}

const demo = { kind: 'demo' } as const

function fields(change: Partial<ForwardFields> = {}): ForwardFields {
  return {
    name: 'echo',
    target: { kind: 'id', instanceId: ground.idOf('web-2') },
    remotePort: 7,
    startAtLaunch: false,
    ...change,
  }
}

async function onDisk(): Promise<Forward[]> {
  const { data } = JSON.parse(await readFile(join(ground.directory, 'forwards.json'), 'utf8')) as { data: Forward[] }
  return data
}

const viewOf = (forwards: Forwards, id: string): ForwardView =>
  forwards.views.find(({ forward }) => forward.id === id) as ForwardView

describe('a name', () => {
  test('is one forward’s: another one with it is refused, also by a change, and its own stays allowed', async () => {
    const forwards = open()
    const id = await forwards.create(demo, fields())
    await expect(forwards.create(demo, fields())).rejects.toMatchObject({ code: 'name-taken' })
    const other = await forwards.create(demo, fields({ name: 'other' }))
    await expect(forwards.update(other, fields())).rejects.toMatchObject({ code: 'name-taken' })
    await forwards.update(id, fields({ remotePort: 8 }))
    expect((await onDisk()).map(({ name, remotePort }) => `${name} ${remotePort}`)).toEqual(['echo 8', 'other 7'])
  })

  test('that no forward has is answered with the names that there are', async () => {
    const forwards = open()
    expect(() => forwards.find('echo')).toThrow('No forward is saved.')
    await forwards.create(demo, fields())
    expect(forwards.find('echo').forward.name).toBe('echo')
    expect(() => forwards.find('ecco')).toThrow('No forward is named "ecco". There are: echo.')
  })
})

describe('a change', () => {
  test('that cannot be written has not happened', async () => {
    const forwards = open()
    const id = await forwards.create(demo, fields())
    await rm(ground.directory, { recursive: true })
    await expect(forwards.create(demo, fields({ name: 'other' }))).rejects.toMatchObject({ code: 'data-directory' })
    await expect(forwards.update(id, fields({ name: 'other' }))).rejects.toMatchObject({ code: 'data-directory' })
    await expect(forwards.delete(id)).rejects.toMatchObject({ code: 'data-directory' })
    expect(forwards.views.map(({ forward }) => forward.name)).toEqual(['echo'])
  })

  test('of a deleted forward is refused, also while it is being deleted', async () => {
    const forwards = open()
    const id = await forwards.create(demo, fields())
    const deleted = forwards.delete(id)
    expect(() => forwards.start(id)).toThrow('This forward was deleted.')
    await deleted
    await expect(forwards.update(id, fields())).rejects.toMatchObject({ code: 'unknown-forward' })
    expect(await onDisk()).toEqual([])
  })
})

test('the port that its first start was given is kept on disk, and its tunnel goes on', async () => {
  const forwards = open()
  const id = await forwards.create(demo, fields())
  forwards.start(id)
  const { localPort, state } = await watched.until(() => {
    const view = viewOf(forwards, id)
    return view.state.kind === 'up' && view.forward.localPort !== undefined && view
  })
  expect((await onDisk())[0]?.localPort).toBe(localPort)
  expect(viewOf(forwards, id).state).toEqual(state)
})

describe('at launch', () => {
  test('those are turned on that start then; those of the earlier run go on with their limit', async () => {
    const ids: string[] = []
    const earlier = open()
    for (const name of ['first', 'second', 'third']) {
      ids.push(await earlier.create(demo, fields({ name, startAtLaunch: name === 'first', expiresAfterMinutes: 60 })))
    }
    await earlier[Symbol.asyncDispose]()
    const onSinceAt = Date.now() - 1_000
    const [, second = '', third = ''] = ids
    const forwards = open({
      before: [
        { id: second, isOn: true, onSinceAt, isNoted: false },
        { id: third, isOn: false, onSinceAt, lastUpAt: 7, isNoted: true },
      ],
    })
    forwards.startAtLaunch()
    expect(forwards.views.map(({ isOn }) => isOn)).toEqual([true, false, false])
    forwards.restore()
    expect(forwards.views.map(({ isOn }) => isOn)).toEqual([true, true, false])
    expect(viewOf(forwards, second).expiresAt).toBe(onSinceAt + 3_600_000)
    expect(viewOf(forwards, third).lastUpAt).toBe(7)
    expect(forwards.running.map(({ isOn, isNoted }) => [isOn, isNoted])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ])
  })
})

test('a view that has not changed is the same object, whatever happens to the others', async () => {
  const forwards = open()
  const [one, other] = [await forwards.create(demo, fields()), await forwards.create(demo, fields({ name: 'other' }))]
  const before = viewOf(forwards, other)
  forwards.start(one)
  await watched.until(() => viewOf(forwards, one).state.kind === 'up')
  await forwards.stop(one)
  expect(viewOf(forwards, other)).toBe(before)
})

test('once it is over, what is asked is refused and nothing is forgotten', async () => {
  const forwards = open()
  const id = await forwards.create(demo, fields())
  forwards.start(id)
  await forwards[Symbol.asyncDispose]()
  expect(viewOf(forwards, id).state).toEqual({ kind: 'off' })
  expect(() => forwards.start(id)).toThrow('Culvert is closing')
  expect(() => forwards.retry(id)).toThrow('Culvert is closing')
  await expect(forwards.create(demo, fields({ name: 'late' }))).rejects.toMatchObject({ code: 'not-running' })
  expect(await onDisk()).toHaveLength(1)
})
