import { expect, test } from 'vitest'
import { forwardView } from '../e2e/kit/window/pagecore'
import type { DrainView } from './model/drain'
import type { ForwardView, TunnelState } from './model/forward'
import { overallTone, summaryWords } from './overall'

const cause = { code: 'network', message: 'The network changed.' } as const
const up: TunnelState = { kind: 'up', sinceAt: 0, sessionId: 's' }
const working: TunnelState = { kind: 'reconnecting', via: 'resume', attempt: 2, sinceAt: 0, retryAt: 4_000, cause }
const network: TunnelState = { kind: 'waiting', for: 'network', sinceAt: 0, cause }
const login: TunnelState = { ...network, for: 'login' }
const failed: TunnelState = { kind: 'failed', sinceAt: 0, error: { code: 'port-in-use', message: 'Taken.' } }

const view = (state: TunnelState): ForwardView => ({ ...forwardView('f'), state })

test('one sign stands for all: a person is needed, then something is under way, then something is up', () => {
  const tone = (...states: TunnelState[]): string =>
    overallTone({ forwards: states.map((state) => view(state)), drains: [] })
  expect(tone()).toBe('idle')
  expect(tone({ kind: 'off' })).toBe('idle')
  expect(tone(up, { kind: 'off' })).toBe('up')
  expect(tone(up, working)).toBe('working')
  expect(tone(up, network)).toBe('working')
  expect(tone(up, working, login)).toBe('attention')
  expect(tone(up, working, failed)).toBe('attention')
})

test('the summary leaves out what is not', () => {
  expect(summaryWords({ forwards: [view(up), view(up), view(failed), view({ kind: 'off' })], drains: [] })).toBe(
    '2 up, 1 failed',
  )
  expect(summaryWords({ forwards: [view({ kind: 'off' })], drains: [] })).toBe('No forward is on')
})

test('a forward whose destination refuses is not counted as up', () => {
  const destination = { sinceAt: 0, error: { code: 'destination-refused', message: 'Nothing answers.' } } as const
  const refused: ForwardView = { ...view(up), destination }
  expect(summaryWords({ forwards: [view(up), refused], drains: [] })).toBe('1 up, 1 with a problem')
  expect(summaryWords({ forwards: [view(failed), refused], drains: [] })).toBe('2 with a problem')
  expect(overallTone({ forwards: [view(up), refused], drains: [] })).toBe('attention')
})

test('a required drain that fails needs a person; another one, and one that delivers, does not', () => {
  const drain = (isRequired: boolean, kind: 'failing' | 'idle'): DrainView => ({
    drain: {
      id: 'd',
      name: 'audit-log',
      environment: { kind: 'demo' },
      destination: { kind: 'https', url: 'https://logs.example.com' },
      isRaw: false,
      isRequired,
      isEnabled: true,
      secrets: [],
    },
    state: kind === 'idle' ? { kind } : { kind, sinceAt: 0, error: { code: 'network', message: '' } },
    waiting: { records: 0, bytes: 0 },
    delivered: 0,
    dropped: 0,
    refused: 0,
  })
  const said = (...drains: DrainView[]) => {
    const shown = { forwards: [view(up)], drains }
    return [overallTone(shown), summaryWords(shown)]
  }
  expect(said(drain(true, 'idle'), drain(false, 'failing'))).toEqual(['up', '1 up'])
  expect(said(drain(true, 'failing'))).toEqual(['attention', '1 up, a required drain fails'])
  expect(said(drain(true, 'failing'), drain(true, 'failing'))).toEqual(['attention', '1 up, 2 required drains fail'])
  expect(summaryWords({ forwards: [], drains: [drain(true, 'failing')] })).toBe(
    'No forward is on, a required drain fails',
  )
})
