import { expect, test } from 'vitest'
import { forwardView, snapshot, terminal } from '../../../e2e/kit/window/pagecore'
import { openSessions } from './carried'

test('forwards that are up and open terminals hold a session, others do not', () => {
  const up = { ...forwardView('a'), state: { kind: 'up', sinceAt: 0, sessionId: 's' } } as const
  expect(openSessions(snapshot)).toBe(0)
  expect(
    openSessions({ forwards: [up, forwardView('b')], terminals: [terminal('t'), terminal('u', 'i-1', 'connecting')] }),
  ).toBe(2)
})
