import { expect, test } from 'vitest'
import type { ForwardView, TunnelState } from '../../../shared/model/forward'
import { keepRowWords, rowWords } from './row'

const NOW = new Date(2026, 10, 22, 12, 0).getTime()
const MINUTE_MS = 60_000

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
    openConnections: 0,
    ...change,
  }
}

const up: TunnelState = { kind: 'up', sinceAt: NOW, sessionId: 's' }

test('a row that is off says when it was last up, any other row since when it is', () => {
  expect(rowWords(view({ kind: 'off' }, { lastUpAt: NOW - MINUTE_MS }), 'db-proxy', NOW).state.detail).toBe(
    'last up 11:59',
  )
  expect(rowWords(view({ kind: 'off' }), 'db-proxy', NOW).state).toEqual({ tone: 'idle', word: 'Off' })
  expect(rowWords(view(up, { lastUpAt: 0 }), 'db-proxy', NOW + MINUTE_MS).state.detail).toBe('1 min')
})

test('the words of a row are the same object until they read differently', () => {
  const wordsAt = keepRowWords()
  const first = wordsAt(view(up), 'db-proxy', NOW)
  expect(wordsAt(view(up), 'db-proxy', NOW + MINUTE_MS - 1)).toBe(first)
  expect(wordsAt(view(up), 'db-proxy', NOW + MINUTE_MS).state.detail).toBe('1 min')
})

test('a wait that is counted down reads differently at each second', () => {
  const wordsAt = keepRowWords()
  const cause = { code: 'network', message: 'No network.' } as const
  const waits = view({ kind: 'reconnecting', sinceAt: NOW, via: 'resume', attempt: 1, cause, retryAt: NOW + 4_000 })
  expect(wordsAt(waits, 'db-proxy', NOW).state.word).toBe('Reconnecting in 4 s')
  expect(wordsAt(waits, 'db-proxy', NOW + 1_000).state.word).toBe('Reconnecting in 3 s')
})

test('a failed connection gives way to the figures after ten minutes', () => {
  const wordsAt = keepRowWords()
  const failed = view(up, { lastError: { error: { code: 'connection-limit', message: 'Too many.' }, at: NOW } })
  expect(wordsAt(failed, 'db-proxy', NOW).standing.kind).toBe('words')
  expect(wordsAt(failed, 'db-proxy', NOW + 10 * MINUTE_MS).standing.kind).toBe('figures')
})
