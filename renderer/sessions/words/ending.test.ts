import { expect, test } from 'vitest'
import { consequences, endingOf, refusalLines, requestsOf, titleWords, type Ending } from './ending'
import { sample } from './sample.kit'

const jo = sample({ id: 'jo-1', holder: 'others', owner: 'arn:aws:iam::1:user/jo', targetName: 'db' })
const forward = sample({ id: 'f', carrier: { kind: 'forward', id: 'f', name: 'orders-db' } })
const terminal = sample({ id: 't', carrier: { kind: 'terminal', id: 't', name: 'web-1' } })

function ending(...sessions: Parameters<typeof endingOf>[0]): Ending {
  const found = endingOf(sessions)
  if (found === undefined) throw new Error('nothing to end')
  return found
}

test('sessions that are ending or have ended are not asked about', () => {
  expect(endingOf([sample({ state: 'terminated' }), sample({ state: 'canceling' })])).toBeUndefined()
  expect(ending(sample({ state: 'terminated' }), jo).sessions).toEqual([jo])
})

test('one session is named in the title, several are counted and named below, up to six', () => {
  expect(titleWords(ending(jo))).toBe('End the session on db?')
  const many = Array.from({ length: 8 }, (_, index) => sample({ id: String(index) }))
  expect(titleWords(ending(...many))).toBe('End 8 sessions?')
  expect(ending(...many)).toMatchObject({ moreCount: 2 })
  expect(ending(...many).named).toHaveLength(6)
  expect(ending(jo).named).toEqual(['db, shell'])
})

test('other people, forwards and terminals are told', () => {
  expect(consequences(ending(jo))).toEqual(['It belongs to jo.'])
  expect(consequences(ending(forward))).toEqual([
    'The forward orders-db runs on it: open connections are lost, and it opens a new session unless you turn it off.',
  ])
  expect(consequences(ending(jo, terminal, forward))).toEqual([
    '1 of them belongs to jo.',
    'The forward orders-db runs on these: open connections are lost, and it opens a new session unless you turn it off.',
    'The terminal web-1 ends; the last screen stays.',
  ])
  expect(consequences(ending(jo, { ...jo, id: 'jo-2' }))).toEqual(['All of them belong to jo.'])
  expect(consequences(ending(sample()))).toEqual([])
})

test('many sessions are ended by several requests, each session by one', () => {
  const many = Array.from({ length: 250 }, (_, index) => sample({ id: String(index) }))
  expect(requestsOf(many).map(({ length }) => length)).toEqual([100, 100, 50])
  expect(requestsOf(many).flat()).toEqual(many)
})

test('a refusal is a line with its session, its environment and the cause', () => {
  const { place } = jo
  const error = { code: 'access-denied', message: 'Allow ssm:TerminateSession.' } as const
  expect(
    refusalLines([
      { place, sessionId: 'a' },
      { place, sessionId: 'b', error },
    ]),
  ).toEqual(['b (acme-prod, eu-west-1): Allow ssm:TerminateSession.'])
})

test('authorizations that no session has redeemed are told', () => {
  const one = sample({ id: 'pending:0123456789ab', state: 'pending' })
  const two = { ...one, id: 'pending:0123456789ac' }
  expect(consequences(ending(one))).toEqual(['It has not begun: its token will open nothing.'])
  expect(consequences(ending(one, two, sample()))).toEqual([
    '2 of them have not begun: their tokens will open nothing.',
  ])
})
