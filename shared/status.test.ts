import { expect, test } from 'vitest'
import type { ForwardView, TunnelState } from './model/forward'
import type { Instance } from './model/instance'
import {
  addressWords,
  agentWords,
  connectBlock,
  destinationWords,
  forwardWords,
  instanceLabel,
  spanWords,
  terminalWords,
  troubleWords,
  tunnelWords,
  viaWords,
} from './status'

const HOUR_MS = 3_600_000

function instance(change: Partial<Instance> = {}): Instance {
  return {
    id: 'i-0aaaaaaaaaaa1111',
    kind: 'ec2',
    name: 'web-1',
    tags: {},
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
    ...change,
  }
}

test('a span is said as a person says it', () => {
  expect(
    [59_999, 34 * 60_000, 2 * HOUR_MS, 2 * HOUR_MS + 14 * 60_000, 24 * HOUR_MS, 80 * HOUR_MS].map(spanWords),
  ).toEqual(['less than a minute', '34 min', '2 h', '2 h 14 min', '1 day', '3 days'])
})

test('only a running instance with an answering agent can be connected to; every other says why', () => {
  expect(connectBlock(instance(), 0)).toBeUndefined()
  const blocked = [
    instance({ state: 'stopped' }),
    instance({ state: 'pending' }),
    instance({ state: 'shutting-down' }),
    instance({ agent: { kind: 'offline', lastPingAt: 0 } }),
    instance({ agent: { kind: 'offline' } }),
    instance({ agent: { kind: 'unmanaged' } }),
  ]
  expect(blocked.map((each) => [agentWords(each, 2 * HOUR_MS).word, connectBlock(each, 2 * HOUR_MS)])).toEqual([
    ['Stopped', 'The instance is stopped. Start it first.'],
    ['Starting', 'The instance is starting. Try again in a moment.'],
    ['Shutting down', 'The instance is shutting down.'],
    ['Agent offline', 'Agent offline: it has not answered for 2 h.'],
    ['Agent offline', 'Agent offline: it does not answer.'],
    [
      'Not managed',
      'This instance is not registered with Session Manager: it has no agent, no role, or no route to the service.',
    ],
  ])
})

test('two instances of one name are told apart by the end of their ids', () => {
  const twins = [instance(), instance({ id: 'i-0aaaaaaaaaaa2222' }), instance({ id: 'i-3', name: '' })]
  expect(twins.map((each) => instanceLabel(twins, each))).toEqual(['web-1 …1111', 'web-1 …2222', 'i-3'])
  expect(instanceLabel([], { id: 'i-4', name: 'api' })).toBe('api')
})

const cause = { code: 'network', message: 'The network changed.' } as const

function view(state: TunnelState, change: Partial<ForwardView> = {}): ForwardView {
  return {
    forward: {
      id: 'f',
      name: 'orders-db',
      environment: { kind: 'demo' },
      target: { kind: 'id', instanceId: 'i-0aaaaaaaaaaa2222' },
      remotePort: 5_432,
      startAtLaunch: false,
    },
    isOn: true,
    state,
    localPort: 0,
    openConnections: 0,
    ...change,
  }
}

const up: TunnelState = { kind: 'up', sinceAt: 0, sessionId: 's' }
const working: TunnelState = { kind: 'reconnecting', via: 'resume', attempt: 2, sinceAt: 0, retryAt: 4_000, cause }
const login: TunnelState = { kind: 'waiting', for: 'login', sinceAt: 0, cause }
const failed: TunnelState = { kind: 'failed', sinceAt: 0, error: { code: 'port-in-use', message: 'Taken.' } }

test('a countdown runs in whole seconds, and ends in an attempt', () => {
  expect([0, 3_001, 4_000].map((nowAt) => tunnelWords(working, nowAt).word)).toEqual([
    'Reconnecting in 4 s',
    'Reconnecting in 1 s',
    'Reconnecting',
  ])
})

test('a forward waits for the one instance that it needs, or for any host of its set', () => {
  const waiting = (code: 'agent-offline' | 'no-good-host'): string =>
    tunnelWords({ kind: 'waiting', for: 'instance', sinceAt: 0, cause: { code, message: '' } }, 0).word
  expect([waiting('agent-offline'), waiting('no-good-host')]).toEqual(['Waiting for instance', 'Waiting for a host'])
})

test('a failure is named by its cause', () => {
  expect(tunnelWords(failed, 0)).toMatchObject({ tone: 'failed', word: 'Port in use' })
  const unknown: TunnelState = { kind: 'failed', sinceAt: 0, error: { code: 'internal', message: '' } }
  expect(tunnelWords(unknown, 0).word).toBe('Failed')
})

test('a forward whose destination refuses is not counted as up, and says since when, until its session is lost', () => {
  const sinceAt = new Date(2026, 10, 22, 14, 2).getTime()
  const destination = { sinceAt, error: { code: 'destination-refused', message: 'Nothing answers.' } } as const
  const refused = view(up, { destination })
  expect(forwardWords(refused, 0)).toEqual({
    tone: 'failed',
    word: 'Up, destination refuses',
    detail: 'since 14:02',
  })
  expect(troubleWords(refused)).toBe('destination refuses since 14:02')
  const lost = view(working, { destination })
  expect([forwardWords(lost, 0), troubleWords(lost)]).toEqual([tunnelWords(working, 0), undefined])
  expect(troubleWords(view(up))).toBeUndefined()
})

test('a forward says where it listens, what it reaches and by whom', () => {
  const twins = [instance(), instance({ id: 'i-0aaaaaaaaaaa2222' })]
  expect([addressWords(view(up)), addressWords(view(up, { localPort: 15_432 }))]).toEqual(['', 'localhost:15432'])
  expect([destinationWords(view(up)), viaWords(view(up), twins), viaWords(view(up), [])]).toEqual([
    'localhost:5432',
    'web-1 …2222',
    'i-0aaaaaaaaaaa2222',
  ])
  const named = view(up)
  const byName = {
    ...named,
    forward: { ...named.forward, target: { kind: 'name', name: 'db' }, remoteHost: 'pg' },
  } as const
  expect([destinationWords(byName), viaWords(byName, twins)]).toEqual(['pg:5432', 'db'])
})

test('a terminal that cannot come back without a login says so, as a forward does', () => {
  const lost = { kind: 'reconnecting', sinceAt: 0, attempt: 3, cause } as const
  expect(terminalWords({ ...lost, waitsFor: 'login' })).toEqual({ tone: 'waiting', word: 'Waiting for login' })
  expect(terminalWords(lost)).toEqual({ tone: 'working', word: 'Reconnecting' })
  expect(tunnelWords(login, 0).word).toBe('Waiting for login')
})
