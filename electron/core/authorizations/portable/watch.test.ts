import { expect, test } from 'vitest'
import { AppError } from '../../../../shared/errors'
import type { ListedStatus } from '../../../../shared/sessionlisting'
import { watchPortable, type PortableEnd } from './watch'

type Answer = ListedStatus | 'none' | AppError

/** Watches a session whose status at a time (seconds) is `at(time)`; resolves with the end and its time. */
async function watched(at: (second: number) => Answer, expiresAtSecond = 3_600) {
  let now = 0
  const blind: string[] = []
  const end: PortableEnd = await watchPortable({
    environment: {
      sessions: () => ({
        isDone: true,
        next: () => {
          const answer = at(now / 1_000)
          if (answer instanceof AppError) return Promise.reject(answer)
          const session = { sessionId: 'a-1', owner: '', target: 'i-1', reason: '' }
          return Promise.resolve(answer === 'none' ? [] : [{ ...session, status: answer }])
        },
      }),
    },
    sessionId: 'a-1',
    expiresAt: expiresAtSecond * 1_000,
    now: () => now,
    wait: (ms) => {
      now += ms
      return Promise.resolve()
    },
    onBlind: ({ code }) => blind.push(code),
    signal: new AbortController().signal,
  })
  return { end, second: now / 1_000, blind }
}

const throttled = new AppError('throttled', 'Slow down.')

test.each<[string, (second: number) => Answer, PortableEnd, number]>([
  ['its agent has given up', (second) => (second < 15 ? 'Connecting' : 'none'), 'nobody', 15],
  ['it is Connecting for ever', () => 'Connecting', 'nobody', 27],
  ['it was used and is gone', (second) => (second < 60 ? 'Connected' : 'none'), 'over', 63],
  ['its client has gone', (second) => (second < 60 ? 'Connected' : 'Disconnected'), 'over', 63],
  ['its time is up', () => 'Connected', 'expired', 3_600],
  ['the service is throttled for a while', (second) => (second < 60 ? throttled : 'none'), 'nobody', 63],
])('%s: the end is known', async (_, at, end, second) => {
  expect(await watched(at)).toEqual({ end, second, blind: [] })
})

test('a caller who may not list sessions is told once, and the session ends at its expiry', async () => {
  const denied = new AppError('access-denied', 'ssm:DescribeSessions is denied.')
  expect(await watched(() => denied)).toEqual({ end: 'expired', second: 3_600, blind: ['access-denied'] })
})
