import { expect, test } from 'vitest'
import { noContainers } from '../shared/model/container'
import type { ForwardView, TunnelState } from '../shared/model/forward'
import type { Snapshot } from '../shared/model/snapshot'
import type { TerminalView } from '../shared/model/terminal'
import { defaultSettings } from '../shared/settings'
import { changeSentences } from './announce'

const cause = { code: 'network', message: 'The network changed.' } as const
const login = { code: 'credentials-expired', message: 'Sign-in ended. Log in again.' } as const

function forward(state: TunnelState, name = 'orders-db'): ForwardView {
  return {
    forward: {
      id: name,
      name,
      environment: { kind: 'demo' },
      target: { kind: 'name', name: 'db' },
      remotePort: 5_432,
      startAtLaunch: false,
    },
    isOn: true,
    state,
    localPort: 5_432,
    openConnections: 0,
  }
}

function terminal(state: TerminalView['state']): TerminalView {
  return {
    id: 't',
    instance: { id: 'i-1', name: 'web-2' },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    size: { cols: 80, rows: 24 },
    state,
  }
}

function snapshot(change: Partial<Snapshot>): Snapshot {
  return {
    environment: { ref: { kind: 'demo' }, name: 'Demo', region: '', state: { kind: 'open' } },
    profiles: [],
    instances: { generation: 0, state: { kind: 'ready' }, items: [], notices: [] },
    forwards: [],
    targets: [],
    drains: [],
    containers: noContainers,
    terminals: [],
    settings: { ...defaultSettings, keepRunning: false },
    notices: [],
    about: { version: '0.0.0', dataDirectory: '/data' },
    questions: [],
    ...change,
  }
}

function change(before: TunnelState, after: TunnelState, nowAt = 48_000): unknown {
  return changeSentences(snapshot({ forwards: [forward(before)] }), snapshot({ forwards: [forward(after)] }), nowAt)
}

const up: TunnelState = { kind: 'up', sinceAt: 0, sessionId: 's' }
const reconnecting = (attempt: number): TunnelState => ({
  kind: 'reconnecting',
  via: 'resume',
  attempt,
  sinceAt: 0,
  retryAt: 52_000,
  cause,
})
const waiting = (what: 'login' | 'network'): TunnelState => ({ kind: 'waiting', for: what, sinceAt: 0, cause: login })

test('a forward that is back says after how long, and one that counts down speaks once', () => {
  expect(change(reconnecting(1), up)).toEqual({
    polite: ['orders-db: up on localhost:5432 after 48 s.'],
    assertive: [],
  })
  expect(change(up, reconnecting(1))).toEqual({ polite: ['orders-db: reconnecting in 4 s.'], assertive: [] })
  expect(change(reconnecting(1), reconnecting(2))).toEqual({ polite: [], assertive: [] })
})

test('a failure and a login interrupt, with the sentence that says what to do; other waits do not', () => {
  const failed: TunnelState = { kind: 'failed', sinceAt: 0, error: { code: 'port-in-use', message: 'Use 3307.' } }
  expect(change(up, failed)).toEqual({ polite: [], assertive: ['orders-db: port in use. Use 3307.'] })
  expect(change(waiting('network'), waiting('login'))).toEqual({
    polite: [],
    assertive: ['orders-db: waiting for login. Sign-in ended. Log in again.'],
  })
  expect(change(up, waiting('network'))).toMatchObject({ polite: [expect.any(String)], assertive: [] })
})

test('what a person just saved is not told, what went is', () => {
  const off = snapshot({ forwards: [forward({ kind: 'off' })] })
  expect(changeSentences(snapshot({}), off, 0)).toEqual({ polite: [], assertive: [] })
  expect(changeSentences(off, snapshot({}), 0)).toEqual({ polite: ['orders-db: deleted.'], assertive: [] })
})

test('a terminal says how it ended, and why where it failed', () => {
  const at = (state: TerminalView['state']): Snapshot => snapshot({ terminals: [terminal(state)] })
  const ended = new Date(2_026, 0, 1, 11, 52).getTime()
  expect(changeSentences(at({ kind: 'connecting' }), at({ kind: 'open', sessionId: 's-1' }), 0).polite).toEqual([
    'Terminal on web-2: connected.',
  ])
  expect(
    changeSentences(at({ kind: 'open', sessionId: 's-1' }), at({ kind: 'ended', at: ended, text: 'Idle.' }), 0).polite,
  ).toEqual(['Terminal on web-2: ended 11:52. Idle.'])
  const failed = at({ kind: 'ended', at: ended, text: '', error: { code: 'agent-offline', message: 'Start it.' } })
  expect(changeSentences(at({ kind: 'connecting' }), failed, 0).assertive).toEqual([
    'Terminal on web-2: ended 11:52. Start it.',
  ])
})

test('a name is said with marks for what does not show', () => {
  const before = snapshot({ forwards: [forward({ kind: 'connecting' }, 'pro\u200bd')] })
  const after = snapshot({ forwards: [forward(up, 'pro\u200bd')] })
  expect(changeSentences(before, after, 48_000).polite).toEqual(['pro⟨U+200B⟩d: up on localhost:5432.'])
  expect(changeSentences(before, snapshot({}), 48_000).polite).toEqual(['pro⟨U+200B⟩d: deleted.'])
})

test('a destination that begins to refuse interrupts, and its next answer is said', () => {
  const error = { code: 'destination-refused', message: 'Nothing answers.' } as const
  const before = snapshot({ forwards: [forward(up)] })
  const refused = snapshot({ forwards: [{ ...forward(up), destination: { sinceAt: 0, error } }] })
  expect(changeSentences(before, refused, 48_000)).toEqual({
    polite: [],
    assertive: ['orders-db: up, destination refuses. Nothing answers.'],
  })
  const again = { ...error, message: 'Still nothing.' }
  const later = snapshot({ forwards: [{ ...forward(up), destination: { sinceAt: 0, error: again } }] })
  expect(changeSentences(refused, later, 48_000)).toEqual({ polite: [], assertive: [] })
  expect(changeSentences(later, before, 48_000).polite).toEqual(['orders-db: up on localhost:5432.'])
})

test('the end of a sign-in interrupts once, and its return is said; another environment without one is no return', () => {
  const environment = snapshot({}).environment
  const signedIn = snapshot({})
  const ended = snapshot({ environment: { ...environment, login: { sinceAt: 0, error: login } } })
  expect(changeSentences(signedIn, ended, 0)).toEqual({ polite: [], assertive: ['Demo: sign-in ended.'] })
  expect(changeSentences(ended, ended, 0)).toEqual({ polite: [], assertive: [] })
  expect(changeSentences(ended, signedIn, 0)).toEqual({ polite: ['Demo: signed in again.'], assertive: [] })
  const other = snapshot({ environment: { ...environment, ref: { kind: 'aws', profile: 'other' } } })
  expect(changeSentences(ended, other, 0)).toEqual({ polite: [], assertive: [] })
})

test('a forward on a set says when it has moved to another host, with both names', () => {
  const on = (id: string, isOn = true): Snapshot => {
    const view = forward(up)
    const target = { kind: 'set', set: { hosts: 'Name=web-*', choice: 'random' } } as const
    const instance = { id: `i-${id}`, name: `web-${id}` }
    return snapshot({ forwards: [{ ...view, isOn, instance, forward: { ...view.forward, target } }] })
  }
  expect(changeSentences(on('1'), on('2'), 0)).toEqual({
    polite: ['orders-db: moved from web-1 (i-1) to web-2 (i-2).'],
    assertive: [],
  })
  expect(changeSentences(on('1'), on('1'), 0).polite).toEqual([])
  expect(changeSentences(on('1', false), on('2'), 0).polite).toEqual([])
})
