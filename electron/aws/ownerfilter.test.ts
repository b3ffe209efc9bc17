import type { Session } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import type { SessionPages } from '../../shared/sessionlisting'
import { never } from './account.kit'
import { OwnerFilter } from './ownerfilter'
import type { DescribeSessions } from './sessionpages'

const ann = 'arn:aws:sts::1:assumed-role/ops/ann'
const bob = 'arn:aws:iam::1:user/bob'

/** An account whose filter `Owner` takes ARNs of roles or not. Pages have two sessions. */
function account(sessions: readonly Session[], takesRoles: boolean) {
  const asked: string[] = []
  const describe: DescribeSessions = ({ Filters = [], NextToken = '0' }) => {
    asked.push(Filters.map(({ key }) => key).join('+') || 'all')
    const found = sessions.filter((session) =>
      Filters.every(({ key, value }) =>
        key === 'Owner'
          ? session.Owner === value && (takesRoles || !value!.includes(':assumed-role/'))
          : key !== 'SessionId' || session.SessionId === value,
      ),
    )
    const from = Number(NextToken)
    const next = from + 2 < found.length ? { NextToken: String(from + 2) } : {}
    return Promise.resolve({ $metadata: {}, Sessions: found.slice(from, from + 2), ...next })
  }
  return { asked, describe }
}

async function idsOf(pages: SessionPages): Promise<string[]> {
  const ids: string[] = []
  while (!pages.isDone) ids.push(...(await pages.next(never)).map(({ sessionId }) => sessionId))
  return ids
}

const annsAndBobs = [
  { SessionId: 'bob-1', Owner: bob },
  { SessionId: 'bob-2', Owner: bob },
  { SessionId: 'bob-3', Owner: bob },
  { SessionId: 'ann-1', Owner: ann },
]

test('a filter that finds sessions is all that is asked', async () => {
  const { asked, describe } = account(annsAndBobs, true)
  const filter = new OwnerFilter()
  filter.started('ann-1')
  expect(await idsOf(filter.pages({ state: 'Active', owner: ann }, describe))).toEqual(['ann-1'])
  expect(asked).toEqual(['Owner'])
})

test('a filter that misses a session that we have started is not used any more in this account', async () => {
  const { asked, describe } = account(annsAndBobs, false)
  const filter = new OwnerFilter()
  filter.started('ann-1')
  expect(await idsOf(filter.pages({ state: 'Active', owner: ann }, describe))).toEqual(['ann-1'])
  expect(asked).toEqual(['Owner', 'SessionId', 'all', 'all'])
  asked.length = 0
  expect(await idsOf(filter.pages({ state: 'Active', owner: bob }, describe))).toEqual(['bob-1', 'bob-2', 'bob-3'])
  expect(asked).toEqual(['all', 'all'])
})

test('a filter that finds nothing is compared with a page without it, once in a minute', async () => {
  const { asked, describe } = account([{ SessionId: 'ann-0', Owner: ann }, ...annsAndBobs], false)
  let now = 0
  const filter = new OwnerFilter(() => now)
  expect(
    await idsOf(filter.pages({ state: 'Active', owner: 'arn:aws:sts::1:assumed-role/ops/eve' }, describe)),
  ).toEqual([])
  expect(asked).toEqual(['Owner', 'all'])
  asked.length = 0
  await idsOf(filter.pages({ state: 'Active', owner: ann }, describe))
  expect(asked).toEqual(['Owner'])
  now = 60_000
  expect(await idsOf(filter.pages({ state: 'Active', owner: ann }, describe))).toEqual(['ann-0', 'ann-1'])
})

test('a comparison that fails is made again, and no session is lost', async () => {
  const { describe } = account(annsAndBobs, false)
  const filter = new OwnerFilter()
  filter.started('ann-1')
  let failures = 1
  const pages = filter.pages({ state: 'Active', owner: ann }, (input, signal) => {
    if (input.Filters?.[0]?.key === 'SessionId' && failures-- > 0) return Promise.reject(new Error('slow down'))
    return describe(input, signal)
  })
  await pages.next(never)
  await expect(pages.next(never)).rejects.toThrow('slow down')
  expect(await idsOf(pages)).toEqual(['ann-1'])
})
