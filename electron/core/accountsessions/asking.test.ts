import { expect, test } from 'vitest'
import { ann, bob, HOUR_MS, session } from './accountsessions.kit'
import { historyQuery, isTargetId, isWanted, pushed, statesOf } from './asking'

const resolved = { identity: ann, target: 'i-7' }

test('filters go to AWS in its words, and "me" is the ARN of this identity', () => {
  const filters = { owner: 'me', target: 'web-1', status: 'Failed', accessType: 'just-in-time' } as const
  expect(pushed(filters, resolved)).toEqual({
    owner: ann,
    target: 'i-7',
    status: 'Failed',
    accessType: 'just-in-time',
  })
  expect(pushed({ owner: bob }, { identity: ann, target: undefined })).toEqual({ owner: bob })
})

test('a plain name of an owner is not sent to AWS, and is the last part of an ARN, no less', () => {
  expect(pushed({ owner: 'bob' }, { identity: ann, target: undefined })).toEqual({})
  const wanted = (owner: string, of: string): boolean => isWanted({ owner }, session('s', { owner: of }))
  expect([wanted('bob', bob), wanted('ann', ann), wanted('ops/ann', ann)]).toEqual([true, true, true])
  expect([wanted('bob', ann), wanted('nn', ann), wanted('ob', bob)]).toEqual([false, false, false])
  expect([isWanted({}, session('s')), isWanted({ owner: 'me' }, session('s'))]).toEqual([true, true])
})

test('a status is asked of the list that can have it', () => {
  expect(statesOf({})).toEqual({ active: true, history: true })
  for (const status of ['Connected', 'Connecting', 'Disconnected', 'Terminating'])
    expect(statesOf({ status })).toEqual({ active: true, history: false })
  for (const status of ['Terminated', 'Failed']) expect(statesOf({ status })).toEqual({ active: false, history: true })
})

test('sessions that ended in a time may have begun a day before it; older ones begin where the newer ones end', () => {
  expect(historyQuery({}, 100 * HOUR_MS)).toEqual({ state: 'History', startedSince: 76 * HOUR_MS })
  expect(historyQuery({ target: 'i-1' }, 10 * HOUR_MS, 50 * HOUR_MS)).toEqual({
    state: 'History',
    target: 'i-1',
    startedSince: 0,
    startedBefore: 50 * HOUR_MS,
  })
})

test.each(['i-0123abcd', 'mi-0123456789abcdef0', 'ecs:cluster_task_runtime'])('%s is an id', (text) =>
  expect(isTargetId(text)).toBe(true),
)

test.each(['web-1', 'i-am-a-name', 'ecs:', ''])('%j is a Name', (text) => expect(isTargetId(text)).toBe(false))
