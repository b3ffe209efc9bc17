// When containers are listed, and what a failed listing leaves.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import type { ContainerListing } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { ContainerList, ContainerService } from '../../../shared/model/container'
import { createEnvironment } from '../environments/environment'
import { noEcs } from '../environments/heardecs'
import { defaultTiming } from '../sessions/timing'
import { processBudgets } from '../tunnels/budgets'
import { Containers } from './containers'

let life: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  life = new AbortController()
})
afterEach(() => {
  life.abort()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const service: ContainerService = {
  id: 'shop/web',
  cluster: 'shop',
  name: 'web',
  desired: 1,
  running: 1,
  pending: 0,
  taskDefinition: 'web:1',
  launchType: 'FARGATE',
  hasExec: true,
}
const listing: ContainerListing = { services: [service], containers: [], notices: ['Some are missing.'] }

/** A list over an ECS whose listings answer what `answer` says. */
function stage(answer: () => Promise<ContainerListing> = () => Promise.resolve(listing)) {
  const told: ContainerList[] = []
  let count = 0
  const signals: AbortSignal[] = []
  const listContainers = (signal: AbortSignal): Promise<ContainerListing> => {
    count += 1
    signals.push(signal)
    return answer()
  }
  const ecs = { ...noEcs(() => Promise.reject(new Error('nothing is asked'))), listContainers }
  const environment = createEnvironment({
    name: 'ops',
    isDemo: false,
    service: serviceOf({ ecs }),
    budgets: processBudgets(),
  })
  const containers = new Containers({
    environments: { get: () => Promise.resolve(environment) },
    shown: { view: { ref: { kind: 'aws', profile: 'ops' } } },
    signal: life.signal,
    now: Date.now,
    timing: defaultTiming,
    changed: (list) => void told.push(list),
  })
  containers.show(1)
  return { containers, environment, told, signals, asked: () => count }
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

test('nothing is listed before a page asks for containers', async () => {
  const { containers, asked } = stage()
  await pass(60_000)
  expect([asked(), containers.list.state.kind]).toEqual([0, 'loading'])
  await containers.refresh()
  expect(containers.list).toMatchObject({
    generation: 1,
    state: { kind: 'ready' },
    services: [service],
    notices: listing.notices,
  })
  await pass(60_000)
  expect(asked()).toBe(1)
})

test('a list that is watched is listed every 15 s, and no more once no page has watched for 20 s', async () => {
  const { containers, asked } = stage()
  containers.watch()
  await pass(0)
  expect(asked()).toBe(1)
  await pass(10_000)
  containers.watch()
  await pass(5_000)
  expect(asked()).toBe(2)
  await pass(60_000)
  expect(asked()).toBe(2)
  containers.watch()
  await pass(0)
  expect(asked()).toBe(3)
})

test('requests during a listing join it', async () => {
  const { containers, asked } = stage()
  await Promise.all([containers.refresh(), containers.refresh()])
  expect(asked()).toBe(1)
})

test('a throttled refresh keeps the list and is repeated by itself, after growing pauses', async () => {
  let isThrottled = false
  const { containers, asked } = stage(() =>
    isThrottled ? Promise.reject(new AppError('throttled', 'slow down')) : Promise.resolve(listing),
  )
  await containers.refresh()
  isThrottled = true
  containers.watch()
  await containers.refresh()
  const { state, services } = containers.list
  expect([services, state]).toEqual([
    [service],
    expect.objectContaining({ kind: 'failed', retryAt: expect.any(Number) }),
  ])
  const before = asked()
  isThrottled = false
  await pass(10_000)
  expect([asked(), containers.list.state.kind]).toEqual([before + 1, 'ready'])
})

test('a denied list is repeated only by a person; a wake repeats one whose login has ended', async () => {
  let code: 'access-denied' | 'credentials-expired' = 'access-denied'
  const { containers, environment, asked } = stage(() => Promise.reject(new AppError(code, 'no')))
  containers.watch()
  await pass(0)
  expect(containers.list.state).toEqual({ kind: 'failed', error: expect.objectContaining({ code: 'access-denied' }) })
  containers.watch()
  environment.wake()
  await pass(60_000)
  expect(asked()).toBe(1)
  code = 'credentials-expired'
  await containers.refresh()
  environment.wake()
  await pass(0)
  expect(asked()).toBe(3)
})

test('showing another environment begins an empty list, and the answer for the earlier one is dropped', async () => {
  let answerFirst: (listing: ContainerListing) => void = () => undefined
  const { containers, signals, told } = stage(() => new Promise((resolve) => (answerFirst = resolve)))
  const first = containers.refresh()
  await pass(0)
  containers.show(2)
  answerFirst(listing)
  await first
  expect(signals[0]?.aborted).toBe(true)
  expect(told.at(-1)).toMatchObject({ generation: 2, state: { kind: 'loading' }, services: [] })
})

test('a listing that takes long is followed by a longer pause', async () => {
  let answer: (listing: ContainerListing) => void = () => undefined
  const { containers, asked } = stage(() => new Promise((resolve) => (answer = resolve)))
  const watch = setInterval(() => containers.watch(), 3_000)
  containers.watch()
  await pass(5_000)
  answer(listing)
  await pass(0)
  await pass(40_000)
  expect(asked()).toBe(1)
  await pass(6_000)
  expect(asked()).toBe(2)
  clearInterval(watch)
  answer(listing)
  await pass(0)
})
