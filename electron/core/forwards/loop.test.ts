// A forward that is on, over environments that end and open anew.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeGround, quick, savedForward, Watched, type Ground } from '../../../e2e/kit/aws/forwards'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { Forward, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { Environment } from '../environments/environment'
import { Environments } from '../environments/environments'
import { ForwardLoop, isSameWay, type ForwardLoopOptions } from './loop'

let ground: Ground
let target: string
const loops: ForwardLoop[] = []

beforeEach(async () => {
  ground = await makeGround()
  target = ground.idOf('web-2')
})
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop[Symbol.asyncDispose]()))
  expect(ground.stage.active()).toEqual([])
  await ground.close()
})

const forwardTo = (change: Partial<Forward> = {}): Forward =>
  savedForward({ target: { kind: 'id', instanceId: target }, ...change })

/** The stage's environment under a life of its own, opened as often as it has ended. */
function mortal(): { readonly environments: Environments; readonly lives: AbortController[] } {
  const lives: AbortController[] = []
  const environments = new Environments(() => {
    const life = new AbortController()
    lives.push(life)
    const environment: Environment = {
      ...ground.stage.environment,
      life: life.signal,
      wakeables: new Set(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    return Promise.resolve(environment)
  })
  return { environments, lives }
}

function start(more: Partial<ForwardLoopOptions> = {}, before: Promise<unknown> = Promise.resolve()) {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const ports: number[] = []
  const instances: string[] = []
  const watched = new Watched()
  const loop = new ForwardLoop(
    {
      forward: forwardTo(),
      environments: ground.environments,
      timing: quick,
      now: Date.now,
      maxConnections: () => undefined,
      onHost: ({ instance: { name } }) => instances.push(name),
      onListening: (port) => ports.push(port),
      onState: (state) => {
        states.push(state)
        watched.tell()
      },
      onEvent: (event) => events.push(event),
      ...more,
    },
    before,
  )
  loops.push(loop)
  const reach = (kind: TunnelState['kind'], from = 0): Promise<TunnelState> =>
    watched.until(() => states.slice(from).find((state) => state.kind === kind))
  return { loop, states, events, ports, instances, reach }
}

test('it begins once what held its port before is gone', async () => {
  const before = deferred()
  const { states, reach } = start({}, before.promise)
  await new Promise((resolve) => setImmediate(resolve))
  expect(states).toEqual([])
  before.reject(new Error('settled either way'))
  await reach('up')
})

describe('its instance', () => {
  test('is looked for by its name at each start, and told', async () => {
    const { instances, reach } = start({ forward: forwardTo({ target: { kind: 'name', name: 'web-2' } }) })
    await reach('up')
    expect(instances).toEqual(['web-2'])
  })

  test('that does not exist is what only a person can mend: it fails, and its wakes are heard no more', async () => {
    const { reach, loop } = start({ forward: forwardTo({ target: { kind: 'name', name: 'nowhere' } }) })
    expect(await reach('failed')).toMatchObject({ error: { code: 'unknown-instance' } })
    await new Promise((resolve) => setImmediate(resolve))
    expect(ground.stage.environment.wakeables.has(loop)).toBe(false)
  })

  test('is looked for again where that has failed for now', async () => {
    ground.stage.simulator.failNext('DescribeInstances', { code: 'RequestLimitExceeded', status: 503 })
    const { states, reach } = start({ forward: forwardTo({ target: { kind: 'name', name: 'web-2' } }) })
    await reach('up')
    expect(states[0]?.kind).toBe('connecting')
  })
})

describe('its environment', () => {
  test('that ends is opened anew: the same port, told as one outage with the connections that it took', async () => {
    const { environments, lives } = mortal()
    const { states, events, ports, reach, loop } = start({ environments })
    await reach('up')
    const told = states.length
    lives[0]?.abort(new AppError('simulator-failed', 'The Demo has ended by itself.'))
    await reach('up', told)
    expect(lives).toHaveLength(2)
    expect(new Set(ports).size).toBe(1)
    const outage = states.slice(told)
    expect(outage[0]).toMatchObject({
      kind: 'reconnecting',
      via: 'restart',
      cause: { code: 'simulator-failed' },
    })
    expect(outage.map(({ kind }) => kind)).not.toContain('connecting')
    expect(events).toMatchObject([{ kind: 'restarted', connectionsLost: 0, cause: { code: 'simulator-failed' } }])
    await loop[Symbol.asyncDispose]()
    await environments[Symbol.asyncDispose]()
  })

  test('that cannot be opened for now is tried again; a wrong profile fails', async () => {
    let attempts = 0
    const flaky = new Environments(() => {
      attempts += 1
      return attempts < 3
        ? Promise.reject(new AppError('timeout', 'No answer.'))
        : Promise.resolve(ground.stage.environment)
    })
    const { reach, states } = start({ environments: flaky })
    await reach('up')
    expect(attempts).toBe(3)
    expect(states.map(({ kind }) => kind)).toContain('reconnecting')
    const wrong = new Environments(() => Promise.reject(new AppError('profile-unknown', 'No such profile.')))
    const other = start({ environments: wrong })
    expect(await other.reach('failed')).toMatchObject({ error: { code: 'profile-unknown' } })
  })
})

test('released it frees its port and tells nothing more', async () => {
  const { loop, states, ports, reach } = start()
  await reach('up')
  const { length } = states
  await loop.release()
  expect(loop.tunnel).toBeUndefined()
  const again = start({ forward: forwardTo({ localPort: ports[0] ?? 0 }) })
  await again.reach('up')
  expect(again.states.map(({ kind }) => kind)).not.toContain('waiting')
  await loop[Symbol.asyncDispose]()
  expect(states).toHaveLength(length)
})

test('a forward takes another way with another target, destination or port, and with nothing else', () => {
  const one = forwardTo({ localPort: 5_000 })
  expect(isSameWay(one, { ...one, name: 'other', maxConnections: 3, expiresAfterMinutes: 5 })).toBe(true)
  const others: Partial<Forward>[] = [
    { localPort: 5_001 },
    { remotePort: 8 },
    { remoteHost: 'db.internal' },
    { target: { kind: 'name', name: 'web-2' } },
  ]
  for (const change of others) expect(isSameWay(one, { ...one, ...change })).toBe(false)
})
