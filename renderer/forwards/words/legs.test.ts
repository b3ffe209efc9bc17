import { expect, test } from 'vitest'
import type { ErrorCode, WireError } from '../../../shared/errors'
import type { CheckedLeg, ForwardView, Health, TunnelState } from '../../../shared/model/forward'
import { checkedLegs, checkSentence, legsOf } from './legs'

const NOW = 1_800_000_000_000

const up: TunnelState = { kind: 'up', sinceAt: NOW - 60_000, sessionId: 's' }

const quiet: Health = {
  bytesUp: 10,
  bytesDown: 20,
  bytesUpPerSecond: 0,
  bytesDownPerSecond: 0,
  retransmissions: 0,
  sessionsUsed: 1,
  history: [],
}

function error(code: ErrorCode): WireError {
  return { code, message: `about ${code}` }
}

function looks(state: TunnelState, change: Partial<ForwardView> = {}): readonly string[] {
  const view: ForwardView = {
    forward: {
      id: 'f',
      name: 'orders-db',
      environment: { kind: 'demo' },
      target: { kind: 'name', name: 'db-proxy' },
      remotePort: 5_432,
      startAtLaunch: false,
    },
    isOn: true,
    state,
    localPort: 5_432,
    openConnections: 0,
    ...change,
  }
  return legsOf(view).map(({ look }) => look)
}

test('water moves only while bytes do', () => {
  expect(looks({ kind: 'off' })).toEqual(['dry', 'dry', 'dry'])
  expect(looks(up)).toEqual(['full', 'full', 'full'])
  expect(looks(up, { health: quiet })).toEqual(['full', 'full', 'full'])
  expect(looks(up, { health: { ...quiet, bytesUpPerSecond: 1 } })).toEqual(['flow', 'flow', 'flow'])
})

test('the pipe is cut where the cause lies, and dry behind it', () => {
  const failed = (code: ErrorCode): readonly string[] => looks({ kind: 'failed', sinceAt: NOW, error: error(code) })
  expect(failed('port-in-use')).toEqual(['dry', 'dry', 'dry'])
  expect(failed('access-denied')).toEqual(['cut', 'dry', 'dry'])
  expect(failed('ambiguous-name')).toEqual(['full', 'cut', 'dry'])
  expect(failed('no-good-host')).toEqual(['full', 'cut', 'dry'])
  expect(failed('unknown-target')).toEqual(['dry', 'dry', 'dry'])
  expect(looks({ kind: 'waiting', for: 'instance', sinceAt: NOW, cause: error('agent-offline') })).toEqual([
    'full',
    'cut',
    'dry',
  ])
  // However long ago the fault began, it lasts until a connection is answered.
  const since = (code: ErrorCode) => ({ destination: { sinceAt: NOW - 3_600_000, error: error(code) } })
  expect(looks(up, since('destination-refused'))).toEqual(['full', 'full', 'cut'])
  expect(looks(up, since('timeout'))).toEqual(['full', 'cut', 'dry'])
  const limit = { lastError: { at: NOW - 1_000, error: error('connection-limit') } }
  expect(looks(up, limit)).toEqual(['full', 'full', 'full'])
})

test('a check is drawn leg by leg, and said in one sentence', () => {
  const near: readonly CheckedLeg[] = [
    { leg: 'network', outcome: 'ok' },
    { leg: 'service', outcome: 'ok', tookMs: 11.2 },
    { leg: 'agent', outcome: 'ok', tookMs: 0.3 },
  ]
  const refused: readonly CheckedLeg[] = [
    ...near,
    { leg: 'destination', outcome: 'failed', error: error('destination-refused') },
  ]
  expect(checkedLegs(refused)).toEqual([
    { look: 'full', text: '11 ms' },
    { look: 'full', text: '1 ms' },
    { look: 'cut', text: 'about destination-refused' },
  ])
  expect(checkSentence(refused)).toBe('about destination-refused')
  expect(checkSentence([...near, { leg: 'destination', outcome: 'ok' }])).toBe(
    'Every leg works. The instance answers in 1 ms.',
  )
  expect(checkSentence([...near, { leg: 'destination', outcome: 'unknown' }])).toContain('was not tried')
})

test('without a network nothing behind it is judged', () => {
  const found: readonly CheckedLeg[] = [
    { leg: 'network', outcome: 'failed', error: error('network') },
    { leg: 'service', outcome: 'unknown' },
    { leg: 'agent', outcome: 'unknown' },
    { leg: 'destination', outcome: 'unknown' },
  ]
  expect(checkedLegs(found).map(({ look }) => look)).toEqual(['cut', 'dry', 'dry'])
})
