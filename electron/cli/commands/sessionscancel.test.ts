import { expect, test } from 'vitest'
import type { AccountSession } from '../../../shared/model/accountsession'
import { record } from '../../core/accountsessions/accountsessions.kit'
import { question, reopened } from './sessionscancel'

const row = (id: string, holder: AccountSession['holder']): AccountSession => ({
  id,
  place: { ref: { kind: 'demo' }, name: 'Demo', region: 'eu-west-1' },
  state: 'active',
  holder,
  owner: 'arn:aws:sts::111122223333:assumed-role/OnCall/on-call',
  target: 'i-1',
  targetName: 'web-1',
})

test('the question names sessions and counts those that are not simply mine', () => {
  expect(question([row('ann-1', 'mine')])).toBe('  web-1 (i-1)  ann-1  mine\nEnd 1 session?')
  const mixed = [row('ann-1', 'mine'), row('ann-2', 'another-computer'), row('x-1', 'others'), row('x-2', 'others')]
  expect(question(mixed).split('\n').slice(2)).toEqual([
    '  web-1 (i-1)  x-1  assumed-role/OnCall/on-call',
    '  web-1 (i-1)  x-2  assumed-role/OnCall/on-call',
    'End 4 sessions, 2 of other people and 1 of another computer of yours?',
  ])
  const many = Array.from({ length: 25 }, (_, at) => row(`ann-${at}`, 'mine'))
  expect(question(many).split('\n').slice(19)).toEqual([
    '  web-1 (i-1)  ann-19  mine',
    '  and 5 more',
    'End 25 sessions?',
  ])
})

test('a session that a running forward carries is told to come back as another one', () => {
  const records = [
    record({ sessionId: 'ann-1', type: 'port', isAlive: true, pid: 4711 }),
    record({ sessionId: 'ann-2', type: 'port', isAlive: false }),
    record({ sessionId: 'ann-3', type: 'shell', isAlive: true }),
  ]
  const known = { bySession: (id: string) => records.find(({ sessionId }) => sessionId === id) }
  expect(
    reopened(
      ['ann-1', 'ann-2', 'ann-3', 'bob-1'].map((id) => row(id, 'mine')),
      known,
    ),
  ).toEqual([
    'ann-1 was the session of a forward that is on (process 4711): the forward opens a new one. To turn it off: culvert down NAME',
  ])
})
