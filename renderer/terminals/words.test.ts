import { expect, test } from 'vitest'
import type { TerminalView } from '../../shared/model'
import type { Tab } from '../store/state'
import { endOf, retryWords, tabWords } from './words'

const instance = { id: 'i-1', name: 'web-1' }
const bound: Tab = { key: 'k', instance, terminal: { kind: 'bound', terminalId: 't', isListed: true } }
const opening: Tab = { key: 'k', instance, terminal: { kind: 'opening' } }
const failed: Tab = {
  key: 'k',
  instance,
  terminal: { kind: 'failed', error: { code: 'agent-offline', message: 'Start the agent.' } },
}

const reconnecting: TerminalView['state'] = {
  kind: 'reconnecting',
  sinceAt: 0,
  attempt: 1,
  retryAt: 4_000,
  cause: { code: 'network', message: 'The network changed.' },
}

function view(state: TerminalView['state']): TerminalView {
  return {
    id: 't',
    instance,
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    size: { cols: 80, rows: 24 },
    state,
  }
}

test('a tab is connecting until the core says otherwise, and one that failed here says so', () => {
  expect([tabWords(opening, undefined), tabWords(bound, undefined), tabWords(bound, view({ kind: 'open' }))]).toEqual([
    { tone: 'working', word: 'Connecting' },
    { tone: 'working', word: 'Connecting' },
    { tone: 'up', word: 'Connected' },
  ])
  expect(tabWords(failed, undefined)).toEqual({ tone: 'failed', word: 'Not connected' })
})

test('only what has ended can be reconnected, also where the service said nothing', () => {
  expect([endOf(opening, undefined), endOf(bound, view(reconnecting))]).toEqual([undefined, undefined])
  expect(endOf(bound, view({ kind: 'ended', at: 0, text: '' }))).toBe('')
  expect(endOf(bound, view({ kind: 'ended', at: 0, text: 'x', error: { code: 'network', message: 'Gone.' } }))).toBe(
    'Gone.',
  )
  expect(endOf(failed, undefined)).toBe('Start the agent.')
})

test('the next attempt is counted down in whole seconds, and under way is no countdown', () => {
  expect([0, 3_001, 4_000].map((nowAt) => retryWords(reconnecting, nowAt))).toEqual(['in 4 s', 'in 1 s', ''])
  expect(retryWords({ kind: 'open' }, 0)).toBe('')
})
