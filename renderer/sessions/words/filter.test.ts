import { expect, test } from 'vitest'
import { completionsOf, matcher, readFilter, wordsOf, type KnownNames } from './filter'
import { NOW_AT, sample } from './sample.kit'
import { textOf } from './search'

const ann = sample()
const ended = sample({
  id: 'jo-1',
  state: 'terminated',
  holder: 'others',
  owner: 'arn:aws:iam::482011937754:user/ops/jo',
  target: 'i-0bb',
  targetName: 'db 1',
  document: 'AWS-StartPortForwardingSessionToRemoteHost',
  reason: 'ticket 4711',
  accessType: 'just-in-time',
  startAt: NOW_AT - 3 * 3_600_000,
})
const left = sample({ id: 'ann-2', holder: 'left-over', state: 'canceling' })
const all = [ann, ended, left]

function found(text: string): readonly string[] {
  const isMatch = matcher(readFilter(text), NOW_AT)
  return all.filter((session) => isMatch?.(session, textOf(session)) !== false).map(({ id }) => id)
}

test('free words must all occur, in any field and case', () => {
  expect(found('')).toEqual(['ann-0f3a9c1e', 'jo-1', 'ann-2'])
  expect(found('WEB ann-0')).toEqual(['ann-0f3a9c1e'])
  expect(found('4711 db')).toEqual(['jo-1'])
  expect(found('acme-prod portforwarding')).toEqual(['jo-1'])
  expect(found('web 4711')).toEqual([])
})

test('a key compares its own field only; its values are alternatives, and keys must all match', () => {
  expect(found('owner:dataengineer')).toEqual(['ann-0f3a9c1e', 'ann-2'])
  expect(found('target:jo')).toEqual([])
  expect(found('target:"db 1"')).toEqual(['jo-1'])
  expect(found('target:web owner:jo')).toEqual([])
  expect(found('id:jo id:ann-2')).toEqual(['jo-1', 'ann-2'])
  expect(found('access:just kind:port')).toEqual(['jo-1'])
  expect(found('reason:4711 env:eu-west document:port')).toEqual(['jo-1'])
})

test('states are found by the words of the window and of the command line, from their first letters on', () => {
  expect(found('status:open')).toEqual(['ann-0f3a9c1e'])
  expect(found('status:active')).toEqual(['ann-0f3a9c1e'])
  expect(found('status:end')).toEqual(['jo-1', 'ann-2'])
  expect(found('status:canceling')).toEqual(['ann-2'])
  expect(found('status:terminated')).toEqual(['jo-1'])
})

test('whose sessions: one word or several', () => {
  expect(found('mine')).toEqual(['ann-0f3a9c1e'])
  expect(found('left-over')).toEqual(['ann-2'])
  expect(found('mine others')).toEqual(['ann-0f3a9c1e', 'jo-1'])
})

test('since: takes the sessions that started in that time', () => {
  expect(found('since:2h')).toEqual(['ann-0f3a9c1e', 'ann-2'])
  expect(found('since:30m')).toEqual([])
  expect(found('since:1d')).toHaveLength(3)
})

test('a value that is not understood matches nothing and is told, and a key without a value waits for it', () => {
  expect(found('since:soon')).toEqual([])
  expect(readFilter('since:soon').problem).toBe('since:soon is no time. Write a number and a unit: 30m, 2h or 7d.')
  expect(found('status:gone')).toEqual([])
  expect(readFilter('access:none').problem).toBe('access:none is not known. access: takes standard or just-in-time.')
  expect(found('status:')).toHaveLength(3)
  expect(readFilter('web:1')).toMatchObject({ words: ['web:1'] })
})

test('quotes keep a value together, also while the second one is missing', () => {
  expect(wordsOf('a owner:"Jo W" "b c')).toEqual(['a', 'owner:Jo W', 'b c'])
})

const known = (): KnownNames => ({ owners: ['ann', 'Jo W'], targets: ['web-1'] })

test('the last word is completed: keys, then their values', () => {
  expect(completionsOf('web sta', known)).toEqual([
    { label: 'status:', detail: 'open, resuming, ending or ended', text: 'web status:' },
  ])
  expect(completionsOf('owner:', known).map(({ text }) => text)).toEqual(['owner:ann ', 'owner:"Jo W" '])
  expect(completionsOf('owner:"jo', known).map(({ text }) => text)).toEqual(['owner:"Jo W" '])
  expect(completionsOf('since:7', known).map(({ text }) => text)).toEqual(['since:7d '])
  expect(completionsOf('mine', known)).toEqual([])
  expect(completionsOf('web ', known).map(({ label }) => label)).toContain('left-over')
})

test('a word that every object has as a property is a plain word', () => {
  expect(readFilter('constructor')).toMatchObject({ words: ['constructor'], holders: [] })
})
