import type { DescribeSessionsCommandOutput } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { never } from './account.kit'
import type { DescribeSessions } from './sessionpages'
import { listActiveSessions } from './sessions'

/** A service that answers with these pages, and what it was asked. */
function service(...pages: Partial<DescribeSessionsCommandOutput>[]) {
  const asked: unknown[] = []
  const describe: DescribeSessions = (input) => {
    asked.push(input)
    return Promise.resolve({ $metadata: {}, ...pages[asked.length - 1] })
  }
  return { asked, describe }
}

test('the active sessions of a target are asked for, page by page', async () => {
  const { asked, describe } = service(
    { Sessions: [{ SessionId: 'a', Reason: 'ticket 7' }], NextToken: 'more' },
    { Sessions: [{ SessionId: 'b' }] },
  )
  expect(await listActiveSessions('i-1', describe, never)).toEqual([
    { sessionId: 'a', reason: 'ticket 7' },
    { sessionId: 'b', reason: '' },
  ])
  const filter = { State: 'Active', Filters: [{ key: 'Target', value: 'i-1' }], MaxResults: 200 }
  expect(asked).toEqual([filter, { ...filter, NextToken: 'more' }])
})

test('what has no id, or one of no possible length, is none; a long reason is cut', async () => {
  const { describe } = service({
    Sessions: [
      { Reason: 'x' },
      { SessionId: 'i'.repeat(97) },
      { SessionId: 'i'.repeat(96), Reason: 'r'.repeat(1_000) },
    ],
  })
  const [only, ...others] = await listActiveSessions('i-1', describe, never)
  expect([only!.sessionId.length, others]).toEqual([96, []])
  expect(only!.reason.length).toBeLessThanOrEqual(257)
})

test('an answer without sessions is a list without any', async () => {
  expect(await listActiveSessions('i-1', service({}).describe, never)).toEqual([])
})
