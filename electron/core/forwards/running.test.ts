// One saved forward over a simulator in this process: switching, its view, its own limit, its destination.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeGround, quick, savedForward, Watched, type Ground } from '../../../e2e/kit/aws/forwards'
import type { Forward, ForwardView } from '../../../shared/model/forward'
import { RunningForward, type RunningForwardOptions } from './running'

/** What is sent to this port of the instance comes back. */
const ECHO = 7
/** Nothing listens there. */
const CLOSED = 4_444

let ground: Ground
const running: RunningForward[] = []

beforeEach(async () => {
  ground = await makeGround()
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each[Symbol.asyncDispose]()))
  expect(ground.stage.active()).toEqual([])
  await ground.close()
})

interface Made {
  readonly forward: RunningForward
  /** Each view that was told, once. */
  readonly views: ForwardView[]
  readonly ports: number[]
  readonly reach: (look: (view: ForwardView) => boolean) => Promise<ForwardView>
}

function make(change: Partial<Forward> = {}, more: Partial<RunningForwardOptions> = {}): Made {
  const views: ForwardView[] = []
  const ports: number[] = []
  const watched = new Watched()
  const forward = new RunningForward({
    forward: savedForward({ target: { kind: 'id', instanceId: ground.idOf('web-2') }, ...change }),
    environments: ground.environments,
    journal: ground.journal,
    now: Date.now,
    timing: quick,
    changed: () => {
      if (views.at(-1) !== forward.view) views.push(forward.view)
      watched.tell()
    },
    onPortChosen: (port) => ports.push(port),
    isNoted: false,
    ...more,
  })
  running.push(forward)
  const reach = (look: (view: ForwardView) => boolean): Promise<ForwardView> =>
    watched.until(() => look(forward.view) && forward.view)
  return { forward, views, ports, reach }
}

const isUp = ({ state }: ForwardView): boolean => state.kind === 'up'
const lines = (): string[] => ground.entries.map(({ text }) => text.replace(/\d{4,}/, 'PORT'))

async function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

describe('its view', () => {
  test('of a burst of 200 connections is told a handful of times, and is exact in the end', async () => {
    const { forward, views, reach } = make()
    forward.start()
    const { localPort } = await reach(isUp)
    const told = views.length
    const startedAt = performance.now()
    const sockets = await Promise.all(Array.from({ length: 200 }, () => client(localPort)))
    await reach(({ openConnections }) => openConnections === 200)
    // A reset: an end would wait for an answer.
    for (const socket of sockets) socket.resetAndDestroy()
    await reach(({ openConnections }) => openConnections === 0)
    // The first change at once, then four a second; a busy machine takes more seconds.
    const most = 2 + (performance.now() - startedAt) / 250
    expect(views.length - told).toBeLessThanOrEqual(most)
    expect(forward.view.openConnections).toBe(0)
  })

  test('says at once that its destination is not reached, once for each error, and when it is again', async () => {
    const { forward, views, reach } = make({ remotePort: CLOSED })
    forward.start()
    const { localPort } = await reach(isUp)
    for (let time = 0; time < 3; time += 1) {
      const socket = await client(localPort)
      await new Promise((resolve) => socket.once('close', resolve))
      const { destination } = await reach((view) => view.destination !== undefined)
      expect(destination?.error.code).toBe('destination-refused')
    }
    // Shows what is gathered.
    forward.acknowledge()
    // The same fault is the same object: windows draw it once.
    expect(new Set(views.map((view) => view.destination)).size).toBe(2)
    expect(lines().filter((line) => line === 'does not reach its destination.')).toHaveLength(1)
    const other = { ...forward.view.forward, remotePort: ECHO }
    forward.change(other)
    expect(forward.view.destination).toBeUndefined()
    await reach(isUp)
  })
})

describe('switched', () => {
  test('on, off and on again it keeps the port that was chosen, and says so once', async () => {
    const { forward, ports, reach } = make()
    forward.start()
    const { localPort } = await reach(isUp)
    await forward.stop()
    expect(forward.view).toMatchObject({ isOn: false, state: { kind: 'off' }, openConnections: 0 })
    forward.start()
    expect((await reach(isUp)).localPort).toBe(localPort)
    expect(new Set(ports)).toEqual(new Set([localPort]))
    expect(lines()).toEqual(['is up on localhost:PORT.', 'was turned off.', 'is up on localhost:PORT.'])
  })

  test('on where it has failed, and by a retry, it tries again; a retry of one that is off does nothing', async () => {
    const { forward, reach } = make()
    forward.retry()
    expect(forward.view.isOn).toBe(false)
    ground.stage.simulator.failNext('StartSession', { code: 'AccessDeniedException', status: 400 })
    forward.start()
    await reach(({ state }) => state.kind === 'failed')
    expect(forward.view.isOn).toBe(true)
    forward.retry()
    await reach(isUp)
  })

  test('off and on within one moment it ends on, with one session', async () => {
    const { forward, reach } = make()
    forward.start()
    await reach(isUp)
    const stopped = forward.stop()
    forward.start()
    await stopped
    expect((await reach(isUp)).isOn).toBe(true)
    expect(lines()).not.toContain('was turned off.')
  })
})

describe('a change', () => {
  test('of its name leaves its tunnel alone, one of its port opens another', async () => {
    const { forward, views, reach } = make({ localPort: 0 })
    forward.start()
    const first = (await reach(isUp)).state
    forward.change({ ...forward.view.forward, name: 'other', maxConnections: 3 })
    expect(forward.view.state).toBe(first)
    forward.change({ ...forward.view.forward, remotePort: 9_001 })
    expect(forward.view.state.kind).toBe('connecting')
    const next = await reach(isUp)
    expect(next.state).not.toEqual(first)
    expect(views.at(-1)).toBe(next)
  })
})

describe('its own limit', () => {
  test('is looked at by the clock: at its end it is turned off, and says why', async () => {
    let nowAt = 1_000
    const { forward, reach } = make({ expiresAfterMinutes: 1 }, { now: () => nowAt })
    forward.start()
    await reach(isUp)
    expect(forward.view.expiresAt).toBe(61_000)
    nowAt = 60_999
    forward.sample()
    expect(forward.view.isOn).toBe(true)
    nowAt = 61_000
    forward.sample()
    const { endedBy } = await reach(({ state }) => state.kind === 'off')
    expect(endedBy?.code).toBe('forward-expired')
    await vi.waitFor(() => expect(lines()).toContain('reached its own limit and was turned off.'))
  })

  test('goes on from an earlier run, is not lengthened by a clock that was set back, and may be over', async () => {
    const nowAt = 1_000_000
    const limited = make({ expiresAfterMinutes: 10 }, { now: () => nowAt })
    limited.forward.resume(2_000_000)
    expect(limited.forward.view.expiresAt).toBe(1_600_000)
    await limited.reach(isUp)
    const over = make({ expiresAfterMinutes: 10 }, { now: () => nowAt })
    over.forward.resume(400_000)
    expect(over.forward.view).toMatchObject({ isOn: false, endedBy: { code: 'forward-expired' } })
  })
})

describe('a check', () => {
  test('of one that is off is refused; of one that is up it looks at each leg and learns of the destination', async () => {
    const { forward, reach } = make({ remotePort: CLOSED })
    await expect(forward.check()).rejects.toMatchObject({ code: 'usage' })
    forward.start()
    await reach(isUp)
    const legs = await forward.check()
    expect(legs.map(({ leg, outcome }) => `${leg} ${outcome}`)).toEqual([
      'network ok',
      'service ok',
      'agent ok',
      'destination failed',
    ])
    expect(forward.view.destination?.error.code).toBe('destination-refused')
  })
})

test('a sample measures what it has carried', async () => {
  const { forward, reach } = make()
  forward.sample()
  expect(forward.view.health).toBeUndefined()
  forward.start()
  const { localPort } = await reach(isUp)
  const socket = await client(localPort)
  const heard = once(socket, 'data')
  socket.write('12345')
  await heard
  forward.sample()
  const { health } = await reach((view) => view.health !== undefined)
  expect(health).toMatchObject({ bytesUp: 5, bytesDown: 5, sessionsUsed: 1 })
  socket.resetAndDestroy()
})
