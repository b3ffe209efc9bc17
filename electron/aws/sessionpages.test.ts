import type { DescribeSessionsCommandOutput } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import type { SessionPages } from '../../shared/sessionlisting'
import { never } from './account.kit'
import { DescribedPages, filtersOf, listedSession, type DescribeSessions } from './sessionpages'

/** A service that answers with these pages, or fails with an error in the place of one, and what it was asked. */
function service(...pages: (Partial<DescribeSessionsCommandOutput> | Error)[]) {
  const asked: Parameters<DescribeSessions>[0][] = []
  const describe: DescribeSessions = (input) => {
    asked.push(input)
    const page = pages[asked.length - 1]
    return page instanceof Error ? Promise.reject(page) : Promise.resolve({ $metadata: {}, ...page })
  }
  return { asked, describe }
}

async function idsOf(pages: SessionPages): Promise<string[]> {
  const ids: string[] = []
  while (!pages.isDone) ids.push(...(await pages.next(never)).map(({ sessionId }) => sessionId))
  return ids
}

test('each part of a query is a filter of the service, with times in whole seconds', () => {
  expect(
    filtersOf({
      state: 'History',
      owner: 'arn:aws:iam::1:user/ann',
      target: 'i-1',
      status: 'Failed',
      accessType: 'just-in-time',
      sessionId: 'ann-1',
      startedSince: Date.parse('2026-11-29T10:00:00.900Z'),
      startedBefore: Date.parse('2026-11-29T11:00:00.100Z'),
    }),
  ).toEqual([
    { key: 'InvokedAfter', value: '2026-11-29T10:00:00Z' },
    { key: 'InvokedBefore', value: '2026-11-29T11:00:01Z' },
    { key: 'Target', value: 'i-1' },
    { key: 'Owner', value: 'arn:aws:iam::1:user/ann' },
    { key: 'Status', value: 'Failed' },
    { key: 'SessionId', value: 'ann-1' },
    { key: 'AccessType', value: 'JustInTime' },
  ])
})

test('a session has every field that the service names, in our units', () => {
  const startAt = Date.parse('2026-11-29T10:00:00Z')
  expect(
    listedSession(
      {
        SessionId: 'ann-1',
        Status: 'Disconnected',
        Owner: 'arn:aws:iam::1:user/ann',
        Target: 'i-1',
        Reason: 'ticket 7',
        DocumentName: 'AWS-StartPortForwardingSession',
        AccessType: 'JustInTime',
        StartDate: new Date(startAt),
        EndDate: new Date(startAt + 5_000),
        MaxSessionDuration: '90',
      },
      'Active',
    ),
  ).toEqual({
    sessionId: 'ann-1',
    status: 'Disconnected',
    owner: 'arn:aws:iam::1:user/ann',
    target: 'i-1',
    reason: 'ticket 7',
    document: 'AWS-StartPortForwardingSession',
    accessType: 'just-in-time',
    startAt,
    endAt: startAt + 5_000,
    maxDurationMs: 90 * 60_000,
  })
})

test('texts of a service that is not AWS are cut, and fields that make no sense are left out', () => {
  const long = 'x'.repeat(100_000)
  const session = listedSession(
    { SessionId: 'a', Owner: long, Target: long, Reason: long, DocumentName: long, MaxSessionDuration: '99999' },
    'History',
  )
  const { owner, target, reason, document, ...rest } = session!
  expect([owner, target, reason, document].map((text) => text!.length)).toEqual([2_048, 400, 256, 2_048])
  expect(rest).toEqual({ sessionId: 'a', status: 'Terminated' })
  expect(listedSession({ SessionId: long }, 'Active')).toBeUndefined()
  expect(listedSession({ SessionId: 'a', StartDate: new Date(Number.NaN) }, 'Active')).toEqual({
    sessionId: 'a',
    status: 'Connected',
    owner: '',
    target: '',
    reason: '',
  })
})

test('a page that fails is asked for again, with the same token', async () => {
  const { asked, describe } = service({ Sessions: [{ SessionId: 'a' }], NextToken: 'two' }, new Error('slow down'), {
    Sessions: [{ SessionId: 'b' }],
  })
  const pages = new DescribedPages({ state: 'History' }, describe)
  await pages.next(never)
  await expect(pages.next(never)).rejects.toThrow('slow down')
  expect(await idsOf(pages)).toEqual(['b'])
  expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, 'two', 'two'])
})

test('a service that repeats a token ends the list', async () => {
  const again = { Sessions: [{ SessionId: 'a' }], NextToken: 'again' }
  const { asked, describe } = service(again, again, again, again)
  expect(await idsOf(new DescribedPages({ state: 'Active' }, describe))).toEqual(['a', 'a'])
  expect(asked.length).toBe(2)
})
