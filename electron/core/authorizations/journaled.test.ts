import { expect, test } from 'vitest'
import type { JournalEntry } from '../../../shared/model/journal'
import type { AuthorizedSession } from './authorization'
import { HOUR_MS, wanted } from './authorizations.kit'
import { changeWords, journaledAuthorizer } from './journaled'

const authorization = { ...wanted(), id: 'pending:0123456789ab', createdAt: 0, expiresAt: HOUR_MS }

test.each<[AuthorizedSession, string]>([
  [{ kind: 'tcp', remotePort: 5_432 }, 'db-1 (i-0aaaaaaaaaaaaaaaa), port 5432'],
  [{ kind: 'tcp', remotePort: 80, remoteHost: 'intranet' }, 'intranet:80 by db-1 (i-0aaaaaaaaaaaaaaaa)'],
  [{ kind: 'ssh', remotePort: 22 }, 'SSH to db-1 (i-0aaaaaaaaaaaaaaaa), port 22'],
  [{ kind: 'shell' }, 'a shell on db-1 (i-0aaaaaaaaaaaaaaaa)'],
])('a change of %j says where it leads', (session, where) => {
  for (const state of ['pending', 'redeemed', 'expired', 'ended'] as const) {
    expect(changeWords({ ...authorization, session }, state)).toContain(`: ${where}.`)
  }
})

test('an authorization is a line of its environment, without its token', async () => {
  const entries: Omit<JournalEntry, 'id' | 'at'>[] = []
  const journal = {
    add: (entry: Omit<JournalEntry, 'id' | 'at'>) => {
      entries.push(entry)
      return { ...entry, id: 1, at: 0 }
    },
  }
  await using authorizer = journaledAuthorizer(journal, Date.now)
  const { token, authorization: added } = await authorizer.authorize(wanted())
  expect(entries).toEqual([
    {
      tone: 'waiting',
      subject: { kind: 'environment', name: 'prod' },
      text: expect.stringMatching(/^has an authorization pending: db-1/) as string,
      facts: { Authorization: added.id, Instance: 'i-0aaaaaaaaaaaaaaaa' },
    },
  ])
  expect(JSON.stringify(entries)).not.toContain(token.slice(-43))
  await authorizer[Symbol.asyncDispose]()
  await expect(authorizer.authorize(wanted())).rejects.toMatchObject({ code: 'not-running' })
})
