import { describe, expect, test } from 'vitest'
import { everyPage } from './pages'

const sized = { maxItems: 50_000, sizeOf: (item: string) => item.length }

/** Pages by their tokens; the first has none. */
function book(pages: Record<string, { readonly items: string[]; readonly next?: string }>) {
  const asked: string[] = []
  const ask = ({ NextToken: token = '' }: { NextToken?: string }) => {
    asked.push(token)
    const { items, next } = pages[token]!
    return Promise.resolve({ items, next })
  }
  return { asked, ask }
}

describe('a list of pages', () => {
  test('is whole when the last page names no other, or an empty token', async () => {
    const { ask, asked } = book({
      '': { items: ['a'], next: '1' },
      1: { items: [], next: '2' },
      2: { items: ['b'], next: '' },
    })
    expect(await everyPage({ ...sized, ask })).toEqual({ items: ['a', 'b'], end: 'whole' })
    expect(asked).toEqual(['', '1', '2'])
  })

  test('ends where a page names itself or an earlier one as the next', async () => {
    for (const next of ['1', '2']) {
      const { ask, asked } = book({
        '': { items: ['a'], next: '1' },
        1: { items: ['b'], next: '2' },
        2: { items: ['c'], next },
      })
      expect(await everyPage({ ...sized, ask })).toEqual({ items: ['a', 'b', 'c'], end: 'repeated' })
      expect(asked).toEqual(['', '1', '2'])
    }
  })

  test('is cut at the most items that are wanted, and is whole with exactly as many', async () => {
    const { ask } = book({ '': { items: ['a', 'b'], next: '1' }, 1: { items: ['c', 'd'] } })
    expect(await everyPage({ ...sized, maxItems: 3, ask })).toEqual({ items: ['a', 'b', 'c'], end: 'capped' })
    expect(await everyPage({ ...sized, maxItems: 4, ask })).toEqual({ items: ['a', 'b', 'c', 'd'], end: 'whole' })
  })

  test('is cut where its texts together are too long', async () => {
    const { ask } = book({ '': { items: Array.from({ length: 100 }, () => 'x') } })
    const { items, end } = await everyPage({ maxItems: 1_000, sizeOf: () => 2 ** 20, ask })
    expect([items.length, end]).toEqual([32, 'capped'])
  })

  test('is cut where page after page is empty and names another', async () => {
    let count = 0
    const ask = () => Promise.resolve({ items: [], next: String((count += 1)) })
    expect(await everyPage({ ...sized, ask })).toEqual({ items: [], end: 'capped' })
    expect(count).toBe(5_000)
  })

  test('may have a page of any length: its items are no arguments of a call', async () => {
    const items = Array.from({ length: 300_000 }, () => 'x')
    const list = await everyPage({
      ...sized,
      maxItems: 1_000_000,
      ask: () => Promise.resolve({ items, next: undefined }),
    })
    expect([list.items.length, list.end]).toEqual([300_000, 'whole'])
  })
})
