import { expect, test } from 'vitest'
import type { ErrorCode, WireError } from '../../../shared/errors'
import type { ForwardView, TunnelState } from '../../../shared/model/forward'
import { lastUpWords, standingOf, type Remedy } from './trouble'

const NOW = new Date(2026, 10, 22, 12, 0).getTime()

function error(code: ErrorCode): WireError {
  return { code, message: `about ${code}` }
}

function view(state: TunnelState, change: Partial<ForwardView> = {}): ForwardView {
  return {
    forward: {
      id: 'f',
      name: 'orders-db',
      environment: { kind: 'demo' },
      target: { kind: 'name', name: 'db-proxy' },
      remotePort: 5_432,
      startAtLaunch: false,
    },
    isOn: state.kind !== 'off',
    state,
    localPort: 3_306,
    openConnections: 3,
    ...change,
  }
}

function remedies(state: TunnelState, change: Partial<ForwardView> = {}): readonly Remedy[] {
  const standing = standingOf(view(state, change), 'db-proxy', NOW)
  return standing.kind === 'words' ? standing.remedies : []
}

test('each failure has the remedy that mends it, and another try last', () => {
  const failed = (code: ErrorCode): TunnelState => ({ kind: 'failed', sinceAt: NOW, error: error(code) })
  const retry = { kind: 'start', label: 'Retry' }
  expect(remedies(failed('port-in-use'))).toEqual([{ kind: 'other-port', from: 3_307 }, retry])
  expect(remedies(failed('port-in-use'), { localPort: 65_535 })).toEqual([{ kind: 'other-port', from: 65_535 }, retry])
  expect(remedies(failed('port-not-allowed'), { localPort: 443 })).toEqual([{ kind: 'other-port', from: 8_443 }, retry])
  expect(remedies(failed('unknown-instance'))).toEqual([{ kind: 'edit', label: 'Choose instance' }, retry])
  expect(remedies(failed('access-denied'))).toEqual([retry])
})

test('a wait can be cut short, and a wait for the port can take another', () => {
  const waits = { sinceAt: NOW, cause: error('port-in-use'), retryAt: NOW + 4_000 }
  expect(remedies({ kind: 'waiting', for: 'port', ...waits }).map(({ kind }) => kind)).toEqual(['other-port', 'retry'])
  expect(remedies({ kind: 'waiting', for: 'network', ...waits })).toEqual([{ kind: 'retry', label: 'Retry now' }])
  expect(remedies({ kind: 'reconnecting', via: 'resume', attempt: 2, ...waits })).toEqual([
    { kind: 'retry', label: 'Retry now' },
  ])
})

test('a connection that was refused stands in the place of the figures for a while', () => {
  const up: TunnelState = { kind: 'up', sinceAt: NOW - 60_000, sessionId: 's' }
  const figures = { kind: 'figures' }
  expect(standingOf(view(up), 'db-proxy', NOW)).toEqual(figures)
  const lastError = { at: NOW - 60_000, error: error('connection-limit') }
  expect(standingOf(view(up, { lastError }), 'db-proxy', NOW)).toEqual({
    kind: 'words',
    sentence: 'about connection-limit',
    at: lastError.at,
    remedies: [],
  })
  expect(standingOf(view(up, { lastError }), 'db-proxy', NOW + 3_600_000)).toEqual(figures)
  expect(standingOf(view({ kind: 'off' }, { lastError }), 'db-proxy', NOW)).toEqual({ kind: 'nothing' })
  const endedBy = error('forward-expired')
  expect(standingOf(view({ kind: 'off' }, { endedBy }), 'db-proxy', NOW)).toMatchObject({ sentence: endedBy.message })
})

test('a destination that refuses stands there until it answers, and can be checked', () => {
  const up: TunnelState = { kind: 'up', sinceAt: NOW - 60_000, sessionId: 's' }
  const destination = { sinceAt: NOW - 3_600_000, error: error('destination-refused') }
  const lastError = { at: NOW - 1_000, error: error('destination-refused') }
  const words = {
    kind: 'words',
    sentence: 'about destination-refused',
    remedies: [{ kind: 'check', label: 'Check now' }],
  }
  expect(standingOf(view(up, { destination }), 'db-proxy', NOW)).toEqual(words)
  expect(standingOf(view(up, { destination, lastError }), 'db-proxy', NOW)).toEqual(words)
  // The destination has answered since: the newest failure no longer matters.
  expect(standingOf(view(up, { lastError }), 'db-proxy', NOW)).toEqual({ kind: 'figures' })
})

test('only a forward with a limit of its own offers to change it: the limit of the computer is not set there', () => {
  const up: TunnelState = { kind: 'up', sinceAt: NOW - 60_000, sessionId: 's' }
  const change = { lastError: { at: NOW - 60_000, error: error('connection-limit') } }
  expect(remedies(up, change)).toEqual([])
  const forward = { ...view(up).forward, maxConnections: 1 }
  expect(remedies(up, { ...change, forward })).toEqual([{ kind: 'edit', label: 'Edit limit' }])
})

test('when one was last up is said by the day, not by 24 hours', () => {
  expect(lastUpWords(undefined, NOW)).toBeUndefined()
  expect(lastUpWords(new Date(2026, 10, 22, 0, 5).getTime(), NOW)).toBe('last up 00:05')
  expect(lastUpWords(new Date(2026, 10, 21, 23, 59).getTime(), NOW)).toBe('last up yesterday')
  expect(lastUpWords(new Date(2026, 10, 19, 12, 0).getTime(), NOW)).toBe('last up 3 days ago')
})

test('a login that Culvert can renew is offered first, without the command that does the same', () => {
  const cause = { ...error('credentials-expired'), command: 'aws sso login --profile corp', loginProfile: 'corp' }
  const waiting: TunnelState = { kind: 'waiting', for: 'login', sinceAt: NOW, cause }
  expect(standingOf(view(waiting), 'db-proxy', NOW)).toEqual({
    kind: 'words',
    sentence: 'about credentials-expired',
    remedies: [
      { kind: 'login', profile: 'corp' },
      { kind: 'retry', label: 'Retry now' },
    ],
  })
})

test('a Name that several instances have offers one of them, or any of them', () => {
  const failed = (code: ErrorCode): TunnelState => ({ kind: 'failed', sinceAt: NOW, error: error(code) })
  expect(remedies(failed('ambiguous-name'))).toEqual([
    { kind: 'any', name: 'db-proxy' },
    { kind: 'edit', label: 'Choose one' },
  ])
  expect(remedies(failed('unknown-target'))).toEqual([{ kind: 'edit', label: 'Choose target' }])
})

test('a set without a good host waits for one, and its hosts can be changed meanwhile', () => {
  const waiting = (code: ErrorCode): TunnelState => ({
    kind: 'waiting',
    for: 'instance',
    sinceAt: NOW,
    cause: error(code),
  })
  const retry = { kind: 'retry', label: 'Retry now' }
  expect(remedies(waiting('no-good-host'))).toEqual([retry, { kind: 'edit', label: 'Edit hosts' }])
  // Another wait for an instance has nothing to edit: the instance was named.
  expect(remedies(waiting('agent-offline'))).toEqual([retry])
})
