import { expect, test } from 'vitest'
import { MAX_ID, withOwnNames } from './ownnames'

test('an id or a name that came before gets a number that is free', () => {
  const list = [
    { id: 'a', name: 'db' },
    { id: 'a', name: 'db' },
    { id: 'a-2', name: 'db (2)' },
    { id: 'b', name: 'db' },
  ]
  expect(withOwnNames(list)).toEqual([
    { id: 'a', name: 'db' },
    { id: 'a-3', name: 'db (3)' },
    { id: 'a-2', name: 'db (2)' },
    { id: 'b', name: 'db (4)' },
  ])
})

test('a number does not make an id longer than allowed', () => {
  const id = 'a'.repeat(MAX_ID)
  const [, second] = withOwnNames([
    { id, name: 'a' },
    { id, name: 'b' },
  ])
  expect(second?.id).toBe(`${'a'.repeat(MAX_ID - 2)}-2`)
})
