import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { session, testSources, type TestSources } from './accountsessions.kit'
import { SessionLists } from './sessionlists'

const environments = [{ kind: 'aws', profile: 'ops' }] as const

let sources: TestSources
let lists: SessionLists
beforeEach(() => {
  vi.useFakeTimers()
  sources = testSources()
  lists = new SessionLists(sources)
})
afterEach(() => {
  lists[Symbol.dispose]()
  vi.useRealTimers()
})

const isOpen = (listId: string): boolean => {
  try {
    lists.page(listId, 0)
    return true
  } catch {
    return false
  }
}

test('a list is of the last 24 hours unless it is asked to be of another time', async () => {
  const ask = async (more: object): Promise<number> => {
    const listId = lists.open({ environments, ...more })
    await vi.waitFor(() => expect(lists.page(listId, 0).state.isLoading).toBe(false))
    return lists.page(listId, 0).state.loadedSinceAt
  }
  const day = 24 * 3_600_000
  expect(await ask({})).toBe(sources.nowAt - day)
  expect(await ask({ sinceAt: sources.nowAt - 3 * day })).toBe(sources.nowAt - 3 * day)
})

test('an environment that is named twice is asked once', async () => {
  const account = sources.accounts.get('ops')!
  account.add(session('a'))
  const listId = lists.open({ environments: [...environments, ...environments] })
  await vi.waitFor(() => expect(lists.page(listId, 0).state.isLoading).toBe(false))
  expect(account.asked.map(({ state }) => state)).toEqual(['Active', 'History'])
})

test('a list that is not fetched for a minute is closed; one that is fetched lives on', () => {
  const [left, read] = [lists.open({ environments }), lists.open({ environments })]
  vi.advanceTimersByTime(59_000)
  lists.page(read, 0)
  vi.advanceTimersByTime(1_000)
  expect([isOpen(left), isOpen(read)]).toEqual([false, true])
  vi.advanceTimersByTime(60_000)
  expect(isOpen(read)).toBe(false)
})

test('a ninth list takes the place of the one that was fetched the longest ago', () => {
  const ids = Array.from({ length: 8 }, () => lists.open({ environments }))
  lists.page(ids[0]!, 0)
  lists.open({ environments })
  expect(ids.map(isOpen)).toEqual([true, false, true, true, true, true, true, true])
})

test('closing twice is no error, and a closed list says that it is closed', () => {
  const listId = lists.open({ environments })
  lists.close(listId)
  lists.close(listId)
  for (const ask of [() => lists.page(listId, 0), () => lists.older(listId, 0), () => lists.stop(listId)])
    expect(ask).toThrow(/closed\. Open it again/)
})
