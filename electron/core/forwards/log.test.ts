import { expect, test } from 'vitest'
import type { ForwardView, TunnelState } from '../../../shared/model/forward'
import { ForwardLog } from './log'
import type { Journal } from '../store/journal'

const cause = { code: 'credentials-expired', message: 'Log in.' } as const
const up: TunnelState = { kind: 'up', sessionId: 's', sinceAt: 1 }
const attempt: TunnelState = { kind: 'reconnecting', via: 'resume', attempt: 1, sinceAt: 2, cause }
const again: TunnelState = { kind: 'reconnecting', via: 'restart', attempt: 1, sinceAt: 2, cause }
const login: TunnelState = { kind: 'waiting', for: 'login', sinceAt: 2, cause }
const network: TunnelState = { kind: 'waiting', for: 'network', sinceAt: 2, cause }
const failed: TunnelState = { kind: 'failed', sinceAt: 3, error: cause }

/** A log, and the entries that it has written. */
function begin(): { readonly log: ForwardLog; readonly entries: { readonly text: string }[] } {
  const entries: { readonly text: string }[] = []
  const forward = {
    id: 'f',
    name: 'db',
    environment: { kind: 'demo' },
    target: { kind: 'id', instanceId: 'i' },
  } as const
  const view = { forward: { ...forward, remotePort: 1, startAtLaunch: false }, localPort: 2 } as ForwardView
  const journal = { add: (entry: { text: string }) => entries.push(entry) } as unknown as Journal
  return { log: new ForwardLog({ journal, now: () => 0, view: () => view }), entries }
}

/** What a log says of these states, one after the other. */
function told(...states: TunnelState[]): string[] {
  const { log, entries } = begin()
  let before: TunnelState = { kind: 'off' }
  for (const state of states) {
    log.state(before, state)
    before = state
  }
  return entries.map(({ text }) => text)
}

const LOST = 'lost its connection and is reconnecting.'

test('an outage is told once, and each obstacle when it comes, however often it is looked at', () => {
  const looks = [login, attempt, login, attempt, login, network, attempt, network, again, network]
  expect(told(up, attempt, ...looks)).toEqual(['is up on localhost:2.', LOST, 'waits for login.', 'waits for network.'])
})

test('the next outage is told anew, and so is what follows a failure', () => {
  expect(told(attempt, login, up, attempt, login)).toEqual([
    LOST,
    'waits for login.',
    'is up on localhost:2.',
    LOST,
    'waits for login.',
  ])
  expect(told(login, failed, { kind: 'connecting' }, login)).toEqual([
    'waits for login.',
    'has failed.',
    'waits for login.',
  ])
})

test('a move to another host is told with both names, and why', () => {
  const { log, entries } = begin()
  const away = { code: 'agent-offline', message: 'web-1 is stopped.' } as const
  log.event({ kind: 'moved', from: { id: 'i-1', name: 'web-1' }, to: { id: 'i-2', name: '' }, cause: away })
  expect(entries).toMatchObject([{ tone: 'up', text: 'moved from web-1 (i-1) to i-2.', error: away }])
})
