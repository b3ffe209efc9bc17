import { expect, test } from 'vitest'
import type { TerminalView } from '../../shared/model/terminal'
import type { Pane } from '../store/state'
import { endOf, paneWords, queryProblem, resultWords, retryWords, worstWords } from './words'

const instance = { id: 'i-1', name: 'web-1' }
const place = { key: 'k', instance, environment: { kind: 'demo' }, environmentName: 'Demo' } as const
const bound: Pane = { ...place, terminal: { kind: 'bound', terminalId: 't', isListed: true } }
const opening: Pane = { ...place, terminal: { kind: 'opening' } }
const failed: Pane = {
  ...place,
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

test('a pane is connecting until the core says otherwise, and one that failed here says so', () => {
  expect([
    paneWords(opening, undefined),
    paneWords(bound, undefined),
    paneWords(bound, view({ kind: 'open', sessionId: 's-1' })),
  ]).toEqual([
    { tone: 'working', word: 'Connecting' },
    { tone: 'working', word: 'Connecting' },
    { tone: 'up', word: 'Connected' },
  ])
  expect(paneWords(failed, undefined)).toEqual({ tone: 'failed', word: 'Not connected' })
})

test('only what has ended can be reconnected, and its cause is told also where the service said nothing', () => {
  expect([endOf(opening, undefined), endOf(bound, view(reconnecting))]).toEqual([undefined, undefined])
  expect(endOf(bound, view({ kind: 'ended', at: 0, text: '' }))).toBe('The shell exited.')
  expect(endOf(bound, view({ kind: 'ended', at: 0, text: 'x', error: { code: 'network', message: 'Gone.' } }))).toBe(
    'Gone.',
  )
  expect(endOf(failed, undefined)).toBe('Start the agent.')
})

test('the next attempt is counted down in whole seconds, and under way is no countdown', () => {
  expect([0, 3_001, 4_000].map((nowAt) => retryWords(reconnecting, nowAt))).toEqual(['in 4 s', 'in 1 s', ''])
  expect(retryWords({ kind: 'open', sessionId: 's-1' }, 0)).toBe('')
})

test('of several panes a tab shows the one that a person must know of first', () => {
  const words = [
    paneWords(bound, view({ kind: 'open', sessionId: 's-1' })),
    paneWords(bound, view(reconnecting)),
    paneWords(failed, undefined),
  ]
  expect(worstWords(words).word).toBe('Not connected')
  expect(worstWords(words.slice(0, 2)).word).toBe('Reconnecting')
  const ended = paneWords(bound, view({ kind: 'ended', at: 0, text: '' }))
  expect(worstWords([...words.slice(0, 1), ended]).tone).toBe('idle')
})

test('a regular expression that is none is told, and is text where it is meant as text', () => {
  const query = { text: '50[0-9', isCaseSensitive: false, isRegex: true }
  expect(queryProblem(query)).toContain('Not a regular expression')
  expect([queryProblem({ ...query, isRegex: false }), queryProblem({ ...query, text: '50[0-9]' })]).toEqual([
    undefined,
    undefined,
  ])
})

test('matches are counted from one, and beyond the limit no number is claimed', () => {
  const query = { text: 'x', isCaseSensitive: false, isRegex: false }
  expect(resultWords(query, { index: 1, count: 3 })).toBe('2 of 3')
  expect(resultWords(query, { index: -1, count: 1_000 })).toBe('1000 or more')
  expect(resultWords(query, { index: -1, count: 0 })).toBe('No match')
  expect(resultWords({ ...query, text: '' }, { index: -1, count: 0 })).toBe('')
})
