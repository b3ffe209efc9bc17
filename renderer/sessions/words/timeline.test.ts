import { expect, test } from 'vitest'
import { NOW_AT } from './sample.kit'
import { stateLines } from './timeline'

test('each state has its duration; the present one lasts so far, and the last one none', () => {
  const states = [
    { state: 'active', startAt: NOW_AT - 60_000 },
    { state: 'resuming', startAt: NOW_AT - 72_000, endAt: NOW_AT - 60_000 },
    { state: 'pending', startAt: NOW_AT - 72_500, endAt: NOW_AT - 72_000 },
  ] as const
  expect(stateLines({ id: 'ann-1', states }, NOW_AT).map(({ words, span }) => `${words.word} ${span}`)).toEqual([
    'Open for 1 min so far',
    'Resuming for 12 s',
    'Opening for under 1 s',
  ])
  expect(stateLines({ id: 'ann-1', states: [{ state: 'terminated', startAt: NOW_AT }] }, NOW_AT)[0]).not.toHaveProperty(
    'span',
  )
})
