import { expect, test } from 'vitest'
import type { AccountSession } from '../../../shared/model/accountsession'
import { Rows } from './rows'

const place = { ref: { kind: 'demo' }, name: 'Demo', region: 'eu-west-1' } as const

function row(id: string, more: Partial<AccountSession> = {}): AccountSession {
  return { id, place, state: 'active', holder: 'others', owner: 'o', target: 'i-1', ...more }
}

const ids = (rows: readonly AccountSession[]): string[] => rows.map(({ id }) => id)

test('a reader gets everything at first, and then what has changed since', () => {
  const rows = new Rows()
  rows.set(row('a'))
  rows.set(row('b'))
  const first = rows.since(0, 10)
  expect([ids(first.set), first.gone, first.hasMore]).toEqual([['a', 'b'], [], false])
  rows.set(row('a', { state: 'terminated' }))
  rows.delete('b')
  rows.set(row('c'))
  const next = rows.since(first.revision, 10)
  expect([ids(next.set), next.gone]).toEqual([['a', 'c'], ['b']])
  expect(rows.since(next.revision, 10)).toEqual({ set: [], gone: [], revision: next.revision, hasMore: false })
})

test('an equal row is no change, also one with an equal carrier', () => {
  const rows = new Rows()
  const carrier = { kind: 'forward', id: 'f', name: 'page' } as const
  rows.set(row('a', { carrier }))
  const { revision } = rows.since(0, 10)
  rows.set(row('a', { carrier: { ...carrier } }))
  expect(rows.since(revision, 10).set).toEqual([])
  rows.set(row('a', { carrier: { ...carrier, name: 'other' } }))
  expect(ids(rows.since(revision, 10).set)).toEqual(['a'])
})

test('many changes come in pieces, each change once', () => {
  const rows = new Rows()
  for (let index = 0; index < 25; index += 1) rows.set(row(`s-${index}`))
  rows.set(row('s-3', { state: 'resuming' }))
  const seen: string[] = []
  let page = rows.since(0, 10)
  for (;;) {
    expect(page.set.length).toBeLessThanOrEqual(10)
    seen.push(...ids(page.set))
    if (!page.hasMore) break
    page = rows.since(page.revision, 10)
  }
  expect(seen).toHaveLength(25)
  expect(new Set(seen).size).toBe(25)
})

test('a row that was removed before the first reading is not told', () => {
  const rows = new Rows()
  rows.set(row('a'))
  rows.delete('a')
  expect(rows.since(0, 10)).toMatchObject({ set: [], gone: [] })
})

test('a row that comes back is a row again', () => {
  const rows = new Rows()
  rows.set(row('a'))
  const { revision } = rows.since(0, 10)
  rows.delete('a')
  rows.set(row('a'))
  expect(rows.since(revision, 10)).toMatchObject({ set: [{ id: 'a' }], gone: [] })
})

test('a reader that has missed forgotten removals must begin anew', () => {
  const rows = new Rows()
  rows.set(row('first'))
  const { revision } = rows.since(0, 10)
  for (let index = 0; index < 10_002; index += 1) {
    rows.set(row(`s-${index}`))
    rows.delete(`s-${index}`)
  }
  expect(() => rows.since(revision, 10)).toThrow(/open it again/)
  expect(ids(rows.since(0, 10).set)).toEqual(['first'])
})

test('a full list leaves ended sessions out and says so; an open one takes the place of an ended one', () => {
  const rows = new Rows(2)
  rows.set(row('old', { state: 'terminated' }))
  rows.set(row('open'))
  expect(rows.isCut).toBe(false)
  rows.set(row('older', { state: 'terminated' }))
  expect([ids([...rows.all()]), rows.isCut]).toEqual([['old', 'open'], true])
  rows.set(row('new'))
  expect(ids([...rows.all()])).toEqual(['open', 'new'])
  rows.set(row('one too many'))
  expect(rows.size).toBe(2)
})

test('the log of changes does not grow with a row that changes for ever', () => {
  const rows = new Rows()
  rows.set(row('a'))
  for (let index = 0; index < 120_000; index += 1) rows.set(row('b', { lastUsedAt: index }))
  const page = rows.since(0, 10)
  expect(ids(page.set)).toEqual(['a', 'b'])
})
