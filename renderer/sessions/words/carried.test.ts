import { expect, test } from 'vitest'
import { forwardView, snapshot, terminal } from '../../../e2e/kit/window/pagecore'
import { carriedBy, openSessions } from './carried'
import { sample } from './sample.kit'

test('forwards that are up and open terminals hold a session, others do not', () => {
  const up = { ...forwardView('a'), state: { kind: 'up', sinceAt: 0, sessionId: 's' } } as const
  expect(openSessions(snapshot)).toBe(0)
  expect(
    openSessions({ forwards: [up, forwardView('b')], terminals: [terminal('t'), terminal('u', 'i-1', 'connecting')] }),
  ).toBe(2)
})

test('the session of a forward is the one that carries it now, and none until AWS lists it', () => {
  const carrier = { kind: 'forward', id: 'f', name: 'orders-db' } as const
  const before = sample({ id: 'a', carrier, state: 'terminated' })
  const terminals = sample({ id: 'b', carrier: { ...carrier, kind: 'terminal' } })
  const now = sample({ id: 'c', carrier })
  const forward = { by: 'forward', id: 'f' } as const
  expect(carriedBy(forward, [before, terminals])).toBeUndefined()
  expect(carriedBy(forward, [before, terminals, now])).toBe(now)
})
