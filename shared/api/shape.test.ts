import { expect, test } from 'vitest'
import { requests } from './requests'
import { isList, isNull, isRecord, recordOf } from './shape'

test('a record has each field with its kind; what else it has is passed over', () => {
  const isPlace = recordOf<{
    name: string
    rows: number
    isOpen: boolean
    tags: string[]
    at: object
    bytes: Uint8Array
    note?: string
  }>({
    name: 'text',
    rows: 'number',
    isOpen: 'flag',
    tags: 'list',
    at: 'record',
    bytes: 'bytes',
  })
  const place = { name: 'a', rows: 1, isOpen: false, tags: [], at: {}, bytes: new Uint8Array(1), more: 5 }
  expect(isPlace(place)).toBe(true)
  for (const name of ['name', 'rows', 'isOpen', 'tags', 'at', 'bytes'])
    expect(isPlace({ ...place, [name]: null }), name).toBe(false)
  for (const other of [null, undefined, 'a', 5, []]) expect(isPlace(other)).toBe(false)
})

test('null is null only, a list is an array, a record may be looked at', () => {
  expect([isNull(null), isNull(undefined), isNull(0), isNull({})]).toEqual([true, false, false, false])
  expect([isList([]), isList({}), isList('a')]).toEqual([true, false, false])
  expect([isRecord({}), isRecord(null), isRecord('a')]).toEqual([true, false, false])
})

test('each request knows its own answer', () => {
  expect(requests['forward.stop'].answer(null)).toBe(true)
  expect(requests['forward.create'].answer({ forwardId: 'f' })).toBe(true)
  for (const [name, { answer }] of Object.entries(requests)) expect(answer('text'), name).toBe(false)
})
