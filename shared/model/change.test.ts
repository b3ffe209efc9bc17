import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changed, changedItems, changeOf, ownId } from './change'
import type { Instance } from './instance'

interface Value {
  readonly id: string
  readonly text: string
}

const a = { id: 'a', text: '1' }
const b = { id: 'b', text: '1' }
const c = { id: 'c', text: '1' }

test('a value that did not change does not travel, and stays the same value', () => {
  const next = { ...b, text: '2' }
  const change = changeOf([a, b, c], [a, next, c], ownId)
  expect(change).toEqual({ set: [next] })
  const after = changed([a, b, c], change, ownId)
  expect(after).toEqual([a, next, c])
  expect([after[0] === a, after[2] === c]).toEqual([true, true])
})

test('a list in which nothing changed stays the same list', () => {
  const list = [a, b]
  expect(changeOf(list, [a, b], ownId)).toEqual({})
  expect(changed(list, {}, ownId)).toBe(list)
})

test('the order travels only where it is another one', () => {
  expect(changeOf([a, b], [a, b, c], ownId)).toEqual({ set: [c] })
  expect(changeOf([a, b, c], [a, c], ownId)).toEqual({ gone: ['b'] })
  expect(changeOf([a, b], [b, a], ownId)).toEqual({ order: ['b', 'a'] })
  expect(changeOf([a, b], [c, a, b], ownId)).toEqual({ set: [c], order: ['c', 'a', 'b'] })
})

test('whatever changes, the other end has exactly the same list', () => {
  const list = fc.uniqueArray(
    fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), text: fc.constantFrom('1', '2') }),
    {
      selector: ({ id }) => id,
    },
  )
  fc.assert(
    fc.property(list, list, (before: readonly Value[], fresh: readonly Value[]) => {
      // As the core does: equal values are the same object.
      const after = fresh.map((value) => before.find(({ id, text }) => id === value.id && text === value.text) ?? value)
      const change = changeOf(before, after, ownId)
      expect(changed(before, change, ownId)).toEqual(after)
      expect((change.set ?? []).some((value) => before.includes(value))).toBe(false)
    }),
  )
})

test('instances of another generation begin with none', () => {
  const one = (id: string): Instance => ({
    id,
    kind: 'ec2',
    name: id,
    tags: {},
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
  })
  const before = { generation: 1, state: { kind: 'ready' }, items: [one('i-1')], notices: [] } as const
  const items = { set: [one('i-2')] }
  expect(changedItems(before, { generation: 1, items })).toHaveLength(2)
  expect(changedItems(before, { generation: 2, items })).toEqual([one('i-2')])
})
