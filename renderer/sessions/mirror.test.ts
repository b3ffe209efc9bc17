import { beforeEach, expect, test } from 'vitest'
import { PageCore } from '../../e2e/kit/window/pagecore'
import { AppError } from '../../shared/errors'
import type { SessionPage } from '../../shared/api/sessions'
import type { EnvironmentRef } from '../../shared/model/environment'
import { SessionMirror, type After } from './mirror'
import { sample } from './words/sample.kit'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const DEMO: readonly EnvironmentRef[] = [{ kind: 'demo' }]
const PROD: readonly EnvironmentRef[] = [{ kind: 'aws', profile: 'prod' }]

/** A clock that is moved by hand. */
class HandClock {
  #now = 0
  #due: { readonly at: number; readonly act: () => void }[] = []
  readonly after: After = (delayMs, act) => {
    const timer = { at: this.#now + delayMs, act }
    this.#due.push(timer)
    return () => {
      this.#due = this.#due.filter((each) => each !== timer)
    }
  }
  get waits(): readonly number[] {
    return this.#due.map(({ at }) => at - this.#now)
  }
  async pass(ms: number): Promise<void> {
    this.#now += ms
    const due = this.#due.filter(({ at }) => at <= this.#now)
    this.#due = this.#due.filter(({ at }) => at > this.#now)
    for (const { act } of due) act()
    await settled()
  }
}

let core: PageCore
let clock: HandClock
let mirror: SessionMirror

beforeEach(() => {
  core = new PageCore()
  clock = new HandClock()
  mirror = new SessionMirror((name, parameters) => core.request(name, parameters), clock.after)
})

const list = { isLoading: false, loadedSinceAt: 0, hasOlder: true, problems: [] }

function pageOf(change: Partial<SessionPage>): SessionPage {
  return { set: [], gone: [], revision: 1, hasMore: false, state: list, ...change }
}

async function answer(name: 'sessions.open' | 'sessions.page', value: unknown): Promise<unknown> {
  await settled()
  const { parameters, answer: tell } = core.take(name)
  tell(value)
  await settled()
  return parameters
}

const ids = (): readonly string[] => mirror.store.getState().sessions.map(({ id }) => id)

test('a list is opened for the environments, and its changes are asked for once a second', async () => {
  mirror.watch(DEMO)
  expect(await answer('sessions.open', { listId: 'l' })).toEqual({ environments: DEMO })
  expect(
    await answer('sessions.page', pageOf({ set: [sample({ id: 'a' }), sample({ id: 'b' })], revision: 7 })),
  ).toEqual({
    listId: 'l',
    revision: 0,
  })
  expect(ids()).toEqual(['a', 'b'])
  expect(clock.waits).toEqual([1_000])
  await clock.pass(1_000)
  expect(await answer('sessions.page', pageOf({ gone: ['a'], revision: 8 }))).toEqual({ listId: 'l', revision: 7 })
  expect(ids()).toEqual(['b'])
})

test('a session that has not changed keeps its object, and an answer without changes keeps the whole list', async () => {
  mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'a' }), sample({ id: 'b' })] }))
  const { sessions } = mirror.store.getState()
  await clock.pass(1_000)
  await answer('sessions.page', pageOf({}))
  expect(mirror.store.getState().sessions).toBe(sessions)
  await clock.pass(1_000)
  await answer('sessions.page', pageOf({ set: [sample({ id: 'b', state: 'terminated' })] }))
  expect(mirror.store.getState().sessions[0]).toBe(sessions[0])
  expect(mirror.store.getState().sessions[1]?.state).toBe('terminated')
})

test('a large list is asked for without a pause and shown a few times only', async () => {
  let shown = 0
  mirror.store.subscribe((state, before) => {
    if (state.sessions !== before.sessions) shown += 1
  })
  mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  for (let piece = 0; piece < 20; piece += 1) {
    await answer('sessions.page', pageOf({ set: [sample({ id: `s-${piece}` })], hasMore: piece < 19 }))
    if (piece < 19) expect(clock.waits).toEqual([0])
    await clock.pass(0)
  }
  expect(ids()).toHaveLength(20)
  // With 1, 4, 16 and all 20 rows.
  expect(shown).toBe(4)
})

test('while no view watches, nothing is asked; the same environments continue with their rows', async () => {
  const stop = mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'a' })], revision: 3 }))
  stop()
  await clock.pass(30_000)
  expect(core.asked).toEqual([])
  mirror.watch(DEMO)
  expect(await answer('sessions.page', pageOf({ revision: 3 }))).toEqual({ listId: 'l', revision: 3 })
  expect(ids()).toEqual(['a'])
})

test('an answer that comes while no view watches is shown to the next one', async () => {
  const stop = mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  stop()
  mirror.watch(DEMO)
  core.take('sessions.page').answer(pageOf({ set: [sample({ id: 'a' })] }))
  await answer('sessions.page', pageOf({}))
  expect(ids()).toEqual(['a'])
})

test('a list that is begun again asks all environments once more, and shows the rows of before until then', async () => {
  mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'a' })] }))
  mirror.reload()
  expect(core.take('sessions.close').parameters).toEqual({ listId: 'l' })
  expect(clock.waits).toEqual([])
  await answer('sessions.open', { listId: 'm' })
  expect(ids()).toEqual(['a'])
  await answer('sessions.page', pageOf({ set: [sample({ id: 'b' })] }))
  expect(ids()).toEqual(['b'])
})

test('a view that stops after another one began does not stop that one', async () => {
  const first = mirror.watch(DEMO)
  mirror.watch(PROD)
  first()
  await settled()
  core.take('sessions.open')
  await answer('sessions.open', { listId: 'm' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'p' })] }))
  expect(ids()).toEqual(['p'])
  expect(clock.waits).toEqual([1_000])
})

test('other environments begin empty, and the list before is closed', async () => {
  mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'a' })] }))
  mirror.watch(PROD)
  expect(mirror.store.getState()).toMatchObject({ sessions: [], list: undefined })
  expect(core.take('sessions.close').parameters).toEqual({ listId: 'l' })
  expect(await answer('sessions.open', { listId: 'm' })).toEqual({ environments: PROD })
})

test('an answer that comes after the environments changed is not shown', async () => {
  mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  const late = core.take('sessions.page')
  mirror.watch(PROD)
  late.answer(pageOf({ set: [sample({ id: 'a' })] }))
  await settled()
  expect(ids()).toEqual([])
})

test('a list that the core has closed is opened again with the time asked for, and the rows stay meanwhile', async () => {
  mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'a' }), sample({ id: 'b' })], revision: 9 }))
  mirror.older(5)
  expect(core.take('sessions.older').parameters).toEqual({ listId: 'l', sinceAt: 5 })
  expect(mirror.store.getState().list?.isLoading).toBe(true)
  await clock.pass(1_000)
  core.take('sessions.page').refuse(new AppError('usage', 'The list is closed.'))
  await settled()
  expect(mirror.store.getState().error).toBeUndefined()
  await clock.pass(0)
  expect(await answer('sessions.open', { listId: 'm' })).toEqual({ environments: DEMO, sinceAt: 5 })
  expect(await answer('sessions.page', pageOf({ set: [sample({ id: 'c' })], hasMore: true }))).toMatchObject({
    revision: 0,
  })
  expect(ids()).toEqual(['a', 'b'])
  await clock.pass(0)
  await answer('sessions.page', pageOf({ set: [sample({ id: 'd' })] }))
  expect(ids()).toEqual(['c', 'd'])
})

test('a failure is told, the rows stay, and the pause grows up to half a minute', async () => {
  mirror.watch(DEMO)
  await answer('sessions.open', { listId: 'l' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'a' })] }))
  await clock.pass(1_000)
  core.take('sessions.page').refuse(new AppError('network', 'No network.'))
  await settled()
  expect(mirror.store.getState().error?.message).toBe('No network.')
  expect(ids()).toEqual(['a'])
  const waits = [...clock.waits]
  for (let round = 0; round < 5; round += 1) {
    await clock.pass(30_000)
    core.take('sessions.open').refuse(new AppError('network', 'No network.'))
    await settled()
    waits.push(...clock.waits)
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  await clock.pass(30_000)
  await answer('sessions.open', { listId: 'm' })
  await answer('sessions.page', pageOf({ set: [sample({ id: 'a' })] }))
  expect(mirror.store.getState().error).toBeUndefined()
})

test('loading older sessions can be stopped, and a refusal of it is told', async () => {
  mirror.watch(DEMO)
  mirror.stop()
  mirror.older(3)
  expect(await answer('sessions.open', { listId: 'l' })).toEqual({ environments: DEMO })
  await answer('sessions.page', pageOf({}))
  mirror.older(5)
  core.take('sessions.older').refuse(new AppError('throttled', 'AWS asked us to slow down.'))
  await settled()
  expect(mirror.store.getState().error?.code).toBe('throttled')
  mirror.stop()
  expect(core.take('sessions.stop').parameters).toEqual({ listId: 'l' })
  expect(mirror.store.getState().list?.isLoading).toBe(false)
})
