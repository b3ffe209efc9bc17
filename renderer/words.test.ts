import { expect, test } from 'vitest'
import type { ForwardView, Instance, Snapshot, TerminalView } from '../shared/model'
import { changeSentences } from './announce'
import { agentWords, connectBlock, instanceLabel, spanWords } from './words'

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

function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return { environment: { name: 'Demo', region: 'eu-west-1', isDemo: true }, forwards: [], terminals: [], ...change }
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
    ['Not running', 'The instance is stopped. Start it first.'],
    ['Starting', 'The instance is starting. Try again in a moment.'],
    ['Not running', 'The instance is shutting down.'],
    ['Agent offline', 'Agent offline: it has not answered for 2 h.'],
    ['Agent offline', 'Agent offline: it does not answer.'],
    [
      'Not managed',
      'Session Manager does not know this instance: it has no agent, no role, or no way to reach the service.',
    ],
  ])
})

test('two instances of one name are told apart by the end of their ids', () => {
  const twins = [instance(), instance({ id: 'i-0aaaaaaaaaaa2222' }), instance({ id: 'i-3', name: '' })]
  expect(twins.map(({ id }) => instanceLabel(twins, id))).toEqual(['web-1 …1111', 'web-1 …2222', 'i-3'])
  expect(instanceLabel([], 'i-4')).toBe('i-4')
})

test('a change of state is announced once, with where and why; a changed counter is not', () => {
  const forward: ForwardView = {
    id: 'f',
    instanceId: 'i-0aaaaaaaaaaa1111',
    remotePort: 8_080,
    localPort: 0,
    state: { kind: 'connecting' },
    openConnections: 0,
  }
  const up: ForwardView = { ...forward, localPort: 4_001, state: { kind: 'up', sinceAt: 0, sessionId: 's' } }
  const terminal: TerminalView = { id: 't', instanceId: 'i-9', state: { kind: 'ended', text: 'It is over.' } }
  const say = (before: Partial<Snapshot>, after: Partial<Snapshot>): readonly string[] =>
    changeSentences(snapshot(before), snapshot(after), { instances: [instance()], nowAt: 0 })
  expect(say({ forwards: [forward] }, { forwards: [up] })).toEqual(['Forward to web-1:8080: Up on 127.0.0.1:4001.'])
  expect(say({ forwards: [up] }, { forwards: [{ ...up, openConnections: 3 }] })).toEqual([])
  expect(say({ forwards: [up] }, {})).toEqual(['Forward to web-1:8080: closed.'])
  expect(say({}, { terminals: [terminal] })).toEqual(['Terminal on i-9: Ended. It is over.'])
})
