import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { serviceOf } from '../../e2e/kit/aws/service'
import { AppError } from '../../shared/errors'
import type { EnvironmentRef, EnvironmentView } from '../../shared/model/environment'
import type { Instance, InstanceList } from '../../shared/model/instance'
import { processBudgets } from './tunnels/budgets'
import { createEnvironment, type Environment, type EnvironmentService } from './environments/environment'
import { Environments } from './environments/environments'
import { ShownEnvironment } from './shown'
import { defaultTiming } from './sessions/timing'

/** A listing that was asked for and waits for its answer. */
interface Listing {
  readonly region: string
  answer(...names: readonly string[]): void
  refuse(error: AppError): void
}

let life: AbortController
let listings: Listing[]
let told: { readonly environment?: EnvironmentView; readonly instances?: InstanceList }[]
let environments: Environments
let opened: Map<string, Environment>
let lives: Map<string, AbortController>
/** Holds back the openings of these regions. */
let held: Map<string, Promise<void>>

beforeEach(() => {
  vi.useFakeTimers()
  life = new AbortController()
  listings = []
  told = []
  opened = new Map()
  lives = new Map()
  held = new Map()
  environments = new Environments(open)
})
afterEach(async () => {
  life.abort()
  await environments[Symbol.asyncDispose]()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function instance(name: string): Instance {
  return {
    id: `i-${name}`,
    kind: 'ec2',
    name,
    tags: {},
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
  }
}

/** AWS in a region, as far as it is shown: who we are, and listings that wait for the test. */
function service(region: string): EnvironmentService {
  return serviceOf({
    region,
    identity: () => Promise.resolve({ accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/a' }),
    listInstances: () =>
      new Promise((resolve, reject) => {
        listings.push({
          region,
          answer: (...names) => resolve({ instances: names.map(instance), notices: [] }),
          refuse: reject,
        })
      }),
  })
}

async function open(ref: EnvironmentRef): Promise<Environment> {
  const region = ref.kind === 'demo' ? 'demo' : (ref.region ?? 'none')
  await held.get(region)
  const ending = new AbortController()
  const environment = createEnvironment({
    name: region,
    isDemo: ref.kind === 'demo',
    budgets: processBudgets(),
    life: ending.signal,
    service: service(region),
  })
  opened.set(region, environment)
  lives.set(region, ending)
  return environment
}

const at = (region: string): EnvironmentRef => ({ kind: 'aws', region })

function show(first: EnvironmentRef = at('aa-1')): ShownEnvironment {
  return new ShownEnvironment({
    environments,
    first,
    ambient: { name: 'default', isVariables: false },
    signal: life.signal,
    now: Date.now,
    timing: defaultTiming,
    changed: (change) => told.push(change),
  })
}

/** Until nothing more happens by itself. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

const names = (shown: ShownEnvironment): string[] => shown.instances.items.map(({ name }) => name)

describe('another environment', () => {
  test('is never shown with the instances of the one before, however late those are listed', async () => {
    const shown = show()
    const first = shown.select(at('aa-1'))
    await settle()
    let openB: () => void = () => undefined
    held.set(
      'bb-1',
      new Promise((resolve) => {
        openB = resolve
      }),
    )
    const second = shown.select(at('bb-1'))
    // The listing of the first comes while the second is being opened, …
    listings[0]?.answer('of-a')
    await settle()
    expect([names(shown), shown.instances.state.kind, shown.view.ref]).toEqual([[], 'loading', at('bb-1')])
    openB()
    await settle()
    listings[1]?.answer('of-b')
    await Promise.all([first, second])
    expect([names(shown), shown.instances.state.kind]).toEqual([['of-b'], 'ready'])
    expect(told.flatMap(({ instances }) => instances?.items ?? []).map(({ name }) => name)).not.toContain('of-a')
  })

  test('is not troubled by a listing of the one before that fails late', async () => {
    const shown = show()
    const first = shown.select(at('aa-1'))
    await settle()
    const second = shown.select(at('bb-1'))
    await settle()
    listings[0]?.refuse(new AppError('throttled', 'Slower.'))
    listings[1]?.answer('of-b')
    await Promise.all([first, second])
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(listings).toHaveLength(2)
    expect([names(shown), shown.instances.state.kind]).toEqual([['of-b'], 'ready'])
  })
})

describe('a listing', () => {
  test('is done once for all requests that come while it is under way', async () => {
    const shown = show()
    const selected = shown.select(at('aa-1'))
    const asked = Array.from({ length: 20 }, () => shown.refresh())
    await settle()
    asked.push(shown.refresh())
    expect(listings).toHaveLength(1)
    listings[0]?.answer('one')
    await Promise.all([selected, ...asked])
    const again = Array.from({ length: 20 }, () => shown.refresh())
    await settle()
    expect([listings.length, shown.instances.state.kind]).toEqual([2, 'loading'])
    listings[1]?.answer('two')
    await Promise.all(again)
    expect(names(shown)).toEqual(['two'])
  })

  test.each(['throttled', 'network', 'timeout', 'service'] as const)(
    'that failed with %s is done again by itself, after pauses that grow, and that is told',
    async (code) => {
      const shown = show()
      void shown.select(at('aa-1'))
      await settle()
      const pauses: number[] = []
      for (let attempt = 0; attempt < 6; attempt += 1) {
        listings[attempt]?.refuse(new AppError(code, 'Not now.'))
        await settle()
        const { state } = shown.instances
        expect(state).toMatchObject({ kind: 'failed', error: { code } })
        const retryAt = state.kind === 'failed' ? (state.retryAt ?? 0) : 0
        pauses.push(retryAt - Date.now())
        await vi.advanceTimersByTimeAsync(Math.ceil(retryAt - Date.now()))
        expect(listings).toHaveLength(attempt + 2)
        // The failure stays shown while it is tried again.
        expect(shown.instances.state).toEqual(state)
      }
      // Each is 50 to 100 % of one that doubles.
      pauses.forEach((pause, index) => {
        expect(pause).toBeGreaterThanOrEqual(500 * 2 ** index)
        expect(pause).toBeLessThanOrEqual(1_000 * 2 ** index)
      })
      listings[6]?.answer('one')
      await settle()
      expect([names(shown), shown.instances.state]).toEqual([['one'], { kind: 'ready' }])
      await vi.advanceTimersByTimeAsync(3_600_000)
      expect(listings).toHaveLength(7)
    },
  )

  test('that waits for its time is done at a wake, or when a person asks', async () => {
    const shown = show()
    void shown.select(at('aa-1'))
    await settle()
    listings[0]?.refuse(new AppError('network', 'Away.'))
    await settle()
    opened.get('aa-1')?.wake()
    opened.get('aa-1')?.wake()
    await settle()
    expect(listings).toHaveLength(2)
    listings[1]?.refuse(new AppError('network', 'Away.'))
    await settle()
    void shown.refresh()
    await settle()
    expect([listings.length, shown.instances.state.kind]).toEqual([3, 'loading'])
    listings[2]?.answer('one')
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect([listings.length, names(shown)]).toEqual([3, ['one']])
  })

  test('that only a person can mend is not done again by time; one that wants a login is at a wake', async () => {
    const shown = show()
    void shown.select(at('aa-1'))
    await settle()
    listings[0]?.refuse(new AppError('access-denied', 'No.'))
    await vi.advanceTimersByTimeAsync(3_600_000)
    opened.get('aa-1')?.wake()
    await settle()
    expect(listings).toHaveLength(1)
    void shown.refresh()
    await settle()
    listings[1]?.refuse(new AppError('credentials-expired', 'Log in.'))
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(listings).toHaveLength(2)
    opened.get('aa-1')?.wake()
    await settle()
    expect(listings).toHaveLength(3)
    listings[2]?.answer('one')
    await settle()
    expect(names(shown)).toEqual(['one'])
  })
})

describe('an environment that ends by itself', () => {
  test('is told as the cause, and opened anew by itself', async () => {
    const shown = show({ kind: 'demo' })
    void shown.select({ kind: 'demo' })
    await settle()
    listings[0]?.answer('one')
    await settle()
    const cause = new AppError('simulator-failed', 'The process is gone.')
    lives.get('demo')?.abort(cause)
    await settle()
    expect(shown.view.state).toMatchObject({ kind: 'failed', error: { message: 'The process is gone.' } })
    expect(shown.instances).toMatchObject({ state: { kind: 'failed', error: { code: 'simulator-failed' } } })
    expect(names(shown)).toEqual(['one'])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(listings).toHaveLength(2)
    listings[1]?.answer('one')
    await settle()
    expect([shown.view.state.kind, shown.instances.state.kind]).toEqual(['open', 'ready'])
  })
})
