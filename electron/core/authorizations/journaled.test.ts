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
  for (const state of ['pending', 'redeemed', 'expired', 'revoked', 'ended'] as const) {
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
  const noted: unknown[] = []
  const ledger = {
    byId: () => undefined,
    pending: (session: object) => {
      noted.push(session)
      return '0123456789ab'
    },
    note: (id: string, state: string) => void noted.push([id, state]),
  }
  await using authorizer = journaledAuthorizer(journal, ledger, Date.now)
  const { token, authorization: added } = await authorizer.authorize(wanted())
  expect(entries).toEqual([
    {
      tone: 'waiting',
      subject: { kind: 'environment', name: 'prod' },
      text: expect.stringMatching(/^has an authorization pending: db-1/) as string,
      facts: { Authorization: added.id, Instance: 'i-0aaaaaaaaaaaaaaaa' },
    },
  ])
  expect(added.id).toBe('0123456789ab')
  expect(noted).toEqual([
    {
      environment: { kind: 'aws' },
      environmentName: 'prod',
      region: 'eu-west-1',
      account: '111122223333',
      target: 'i-0aaaaaaaaaaaaaaaa',
      targetName: 'db-1',
      type: 'port',
      endpoint: 'tcp://i-0aaaaaaaaaaaaaaaa:5432',
      connectionLimit: 1,
      expiresAt: added.expiresAt,
      authorizedBy: 'arn:aws:sts::111122223333:assumed-role/ops/alice',
    },
  ])
  expect(authorizer.revoke(added.id)).toBe(true)
  expect(noted.at(-1)).toEqual([added.id, 'terminated'])
  expect(entries.at(-1)?.text).toMatch(/^had an authorization revoked: db-1/)
  expect(JSON.stringify(entries)).not.toContain(token.slice(-43))
  await authorizer[Symbol.asyncDispose]()
  await expect(authorizer.authorize(wanted())).rejects.toMatchObject({ code: 'not-running' })
})

test('the end of one that lasts for days is told with its day', () => {
  const long = { ...authorization, createdAt: 0, expiresAt: 72 * HOUR_MS }
  expect(changeWords(long, 'pending')).toMatch(/until \d+ [A-Z][a-z]{2} \d\d:\d\d\.$/)
})
