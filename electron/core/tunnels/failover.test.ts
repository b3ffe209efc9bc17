// Failover of a tunnel on a set, over real sockets: hosts of an Auto Scaling group of the simulator are replaced, lost and cut off.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import type { ForwardTarget, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { SimulatorOptions } from '../../simulator/simulator'
import { pickFor } from '../environments/picking'
import { defaultTiming, type Timing } from '../sessions/timing'
import type { Tunnel } from './parts'

/** What is sent to this port of the instance comes back. */
const ECHO = 7
const GROUP = 'asg:checkout-workers'
const GROUP_TAG = 'aws:autoscaling:groupName'
const quick: Timing = {
  ...defaultTiming,
  firstRetryMs: 20,
  maxRetryMs: 100,
  pollMs: 30,
  failoverMs: 100,
  holdMs: 10_000,
}

/** Longer than anything here takes, so that a failure ends soon. */
const PATIENCE = { timeout: 20_000 }

let stage: Stage
let tunnel: Tunnel | undefined

async function begin(options: SimulatorOptions = {}, timing: Timing = quick): Promise<void> {
  stage = await openStage(options, timing)
}

const waitFor = <T>(look: () => T): Promise<T> => vi.waitFor(look, PATIENCE)

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** Takes an agent away and ends the session, as when an instance restarts. */
async function takeAgent(id: string): Promise<void> {
  stage.simulator.world.setPingStatus(id, 'ConnectionLost')
  await stage.environment.endSession(tunnel?.sessionId ?? '', new AbortController().signal)
}

afterEach(async () => {
  await tunnel?.[Symbol.asyncDispose]()
  tunnel = undefined
  await stage.close()
})

type SetTarget = Exclude<ForwardTarget, { readonly kind: 'id' }>

/** A running tunnel on `target`, what it tells, and the hosts of its sessions. */
function start(target: SetTarget = { kind: 'set', set: { hosts: GROUP, choice: 'newest' } }) {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const { environment, simulator } = stage
  tunnel = environment.startTunnel({
    target: pickFor({
      target,
      environment,
      lookAgainMs: 0,
      onFound: () => undefined,
    }),
    remotePort: ECHO,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
  })
  const host = (): string => simulator.sessions().at(-1)?.target ?? ''
  const up = (sessions: number): Promise<void> =>
    waitFor(() => {
      expect(states.at(-1)?.kind).toBe('up')
      expect(simulator.sessions().length).toBeGreaterThanOrEqual(sessions)
    })
  const moves = (): TunnelEvent[] => events.filter(({ kind }) => kind === 'moved')
  return { tunnel, states, events, host, up, moves }
}

async function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function echo(socket: Socket, text: string): Promise<string> {
  const heard = once(socket, 'data')
  socket.write(text)
  const [bytes] = await heard
  return String(bytes)
}

test('a replaced host: a connection of that moment is held, and served by another host on the same port', async () => {
  await begin()
  const { up, host, moves, events, tunnel: running } = start()
  await up(1)
  const [old, { port }] = [host(), running]
  const before = await client(port)
  expect(await echo(before, 'one')).toBe('one')
  const closed = closeOf(before)
  stage.simulator.faults.apply({ kind: 'replace', instance: old })
  await closed
  const held = await client(port)
  expect(await echo(held, 'two')).toBe('two')
  expect(running.port).toBe(port)
  expect(host()).not.toBe(old)
  const name = stage.simulator.world.instance(old)?.tags['Name']
  expect(moves()).toEqual([
    {
      kind: 'moved',
      from: { id: old, name },
      to: { id: host(), name },
      cause: { code: 'agent-offline', message: expect.stringMatching(/ (is shutting-down|no longer exists)\.$/) },
    },
  ])
  expect(events.map(({ kind }) => kind).indexOf('moved')).toBeLessThan(
    events.map(({ kind }) => kind).indexOf('restarted'),
  )
  held.destroy()
})

test('a host that is gone without a word is left once its agent is away for long enough, though its session is not ended', async () => {
  await begin({ groups: { pingLagMinutes: 1_000 } })
  const { up, host, moves, tunnel: running } = start()
  await up(1)
  const old = host()
  const socket = await client(running.port)
  expect(await echo(socket, 'one')).toBe('one')
  // The machine runs on for EC2 and Systems Manager, and its agent is not connected.
  stage.simulator.faults.apply({ kind: 'kill-agent', instance: old, sessions: 'keep', forMs: 60_000 })
  const closed = closeOf(socket)
  socket.write('two')
  await closed
  await up(2)
  expect(host()).not.toBe(old)
  expect(moves()).toMatchObject([
    { from: { id: old }, cause: { message: expect.stringContaining('has been offline for') } },
  ])
})

test('an idle forward leaves a host that is gone without a word, though nothing is sent to it', async () => {
  await begin({ groups: { pingLagMinutes: 1_000 } }, { ...quick, askHostMs: 50 })
  const { up, host, moves } = start()
  await up(1)
  const old = host()
  stage.simulator.faults.apply({ kind: 'kill-agent', instance: old, sessions: 'keep', forMs: 60_000 })
  await up(2)
  expect(host()).not.toBe(old)
  expect(moves()).toMatchObject([{ from: { id: old } }])
})

test('a session whose agent answers is kept, although AWS says that the agent is not connected', async () => {
  await begin({}, { ...quick, pollMs: 500, askHostMs: 1 })
  const { up, host, moves, tunnel: running } = start()
  await up(1)
  const { environment, simulator } = stage
  const old = host()
  simulator.world.setPingStatus(old, 'ConnectionLost')
  expect(await environment.connectionStatus(old, new AbortController().signal)).toBe('notconnected')
  for (let questions = 0; questions < 4; questions += 1) await simulator.delayNext('GetConnectionStatus', 0)
  const socket = await client(running.port)
  expect(await echo(socket, 'one')).toBe('one')
  socket.destroy()
  expect([host(), moves(), simulator.sessions().length]).toEqual([old, [], 1])
})

test('where GetConnectionStatus is denied, StartSession alone tells that the agent is away', async () => {
  await begin()
  const { up, host, moves } = start()
  await up(1)
  const old = host()
  const statements = [
    { effect: 'allow', actions: ['*'] },
    { effect: 'deny', actions: ['ssm:GetConnectionStatus'] },
  ] as const
  stage.simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements })
  await takeAgent(old)
  await up(2)
  expect(host()).not.toBe(old)
  expect(moves()).toMatchObject([{ from: { id: old } }])
})

test('an agent that is away for less than the setting moves nobody', async () => {
  await begin({}, { ...quick, failoverMs: 3_600_000 })
  const { up, host, moves, states } = start()
  await up(1)
  const old = host()
  await takeAgent(old)
  await waitFor(() => expect(states.filter(({ kind }) => kind === 'waiting').length).toBeGreaterThan(3))
  stage.simulator.world.setPingStatus(old, 'Online')
  await up(2)
  expect([host(), moves()]).toEqual([old, []])
})

test('an outage of our own network moves nobody, however long it is', async () => {
  await begin()
  const { up, host, moves, states, tunnel: running } = start()
  await up(1)
  const old = host()
  stage.simulator.faults.apply({ kind: 'dark' })
  stage.simulator.cut(running.sessionId, 'rst')
  const attempts = (): number => states.filter(({ kind }) => kind === 'reconnecting' || kind === 'waiting').length
  await waitFor(() => expect(attempts()).toBeGreaterThan(12))
  stage.simulator.faults.apply({ kind: 'clear' })
  await up(1)
  expect([host(), moves(), stage.simulator.sessions().length]).toEqual([old, [], 1])
})

test('a host that was named is waited for and never left', async () => {
  await begin()
  const { id: old = '' } = stage.simulator.world.instances.find(({ tags }) => GROUP_TAG in tags) ?? {}
  const hosts = `asg:${stage.simulator.world.instance(old)?.tags[GROUP_TAG]}`
  const { up, host, moves, states } = start({ kind: 'set', set: { hosts, choice: 'random' }, hostId: old })
  await up(1)
  await takeAgent(old)
  await waitFor(() => expect(states.filter(({ kind }) => kind === 'waiting').length).toBeGreaterThan(8))
  stage.simulator.world.setPingStatus(old, 'Online')
  await up(2)
  expect([host(), moves()]).toEqual([old, []])
})

test('the last host of a set is waited for, and used again when it is back', async () => {
  await begin()
  const { id = '' } = stage.simulator.world.instances[0] ?? {}
  const { up, host, moves, states } = start({ kind: 'set', set: { hosts: id, choice: 'random' } })
  await up(1)
  await takeAgent(id)
  await waitFor(() => expect(states.filter(({ kind }) => kind === 'waiting').length).toBeGreaterThan(3))
  stage.simulator.world.setPingStatus(id, 'Online')
  await up(2)
  expect([host(), moves()]).toEqual([id, []])
})

test('a set without a good host is waited for with its listener open, until a host comes', async () => {
  await begin()
  const { world } = stage.simulator
  const { id = '' } = world.instances.find(({ tags }) => tags['Name'] === 'search-indexer') ?? {}
  const target = { kind: 'set', set: { hosts: 'Name=search-indexer', choice: 'random' } } as const
  world.setPingStatus(id, 'ConnectionLost')
  const { states, up, host, tunnel: running } = start(target)
  const empty = { kind: 'waiting', for: 'instance', cause: { code: 'no-good-host' } }
  await waitFor(() => expect(states.at(-1)).toMatchObject(empty))
  const held = await client(running.port)
  const answer = echo(held, 'hello')
  for (const { id: each, tags } of world.instances) {
    if (tags['Name'] === 'search-indexer') world.setPingStatus(each, 'Online')
  }
  expect(await answer).toBe('hello')
  await up(1)
  expect(world.instance(host())?.tags['Name']).toBe('search-indexer')
  held.destroy()
})

test('a Name is looked up again at a new session: its replaced instance is followed', async () => {
  await begin()
  const { world } = stage.simulator
  const [old] = world.instances.filter(({ tags }) => tags['Name'] === 'checkout-api-1')
  if (old === undefined) throw new Error('it is in the roster')
  const { up, host, moves, tunnel: running } = start({ kind: 'name', name: 'checkout-api-1' })
  await up(1)
  expect(host()).toBe(old.id)
  const id = 'i-0ffffffffffffffff'
  world.put({ ...old, id })
  world.put({ ...old, state: 'terminated', pingStatus: 'ConnectionLost' })
  await stage.environment.endSession(running.sessionId, new AbortController().signal)
  await up(2)
  expect(host()).toBe(id)
  expect(moves()).toMatchObject([{ from: { id: old.id }, to: { id } }])
})
