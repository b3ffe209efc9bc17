import { expect, test } from 'vitest'
import type { CheckedLeg } from '../../../shared/model/forward'
import { checkedFault, isAboutDestination } from './destination'

const refused = { code: 'destination-refused', message: 'Refused.' } as const

function legs(agent: CheckedLeg['outcome'], destination: CheckedLeg['outcome']): CheckedLeg[] {
  const failed = (outcome: CheckedLeg['outcome']): Pick<CheckedLeg, 'error'> =>
    outcome === 'failed' ? { error: refused } : {}
  return [
    { leg: 'network', outcome: 'ok' },
    { leg: 'service', outcome: 'ok' },
    { leg: 'agent', outcome: agent, ...failed(agent) },
    { leg: 'destination', outcome: destination, ...failed(destination) },
  ]
}

test('an error is the destination’s where the agent says so, and not where the session or the program failed', () => {
  const about = (code: 'destination-refused' | 'destination-forbidden' | 'connection-limit' | 'session-gone') =>
    isAboutDestination({ code, message: '' })
  expect([about('destination-refused'), about('destination-forbidden')]).toEqual([true, true])
  expect([about('connection-limit'), about('session-gone')]).toEqual([false, false])
})

test('a destination is reached only where both the agent and it have answered', () => {
  expect(checkedFault(legs('ok', 'ok'))).toEqual({ kind: 'reached' })
  expect(checkedFault(legs('ok', 'unknown'))).toEqual({ kind: 'unknown' })
  expect(checkedFault(legs('ok', 'failed'))).toEqual({ kind: 'fault', error: refused })
  expect(checkedFault(legs('failed', 'unknown'))).toEqual({ kind: 'fault', error: refused })
})

test('what fails nearer than the agent is no fault of the destination', () => {
  const near: CheckedLeg[] = [
    { leg: 'network', outcome: 'ok' },
    { leg: 'service', outcome: 'failed', error: { code: 'network', message: 'No answer.' } },
  ]
  expect(checkedFault(near)).toEqual({ kind: 'unknown' })
})
