import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLedger, type Ledger } from './ledger'
import { session } from './ledger.kit'

let directory: string
let now: number
let opened: Ledger[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-ledger-'))
  now = Date.UTC(2026, 0, 5)
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((ledger) => ledger.close()))
  await rm(directory, { recursive: true, force: true })
})

async function open(): Promise<Ledger> {
  const ledger = await openLedger({ directory, door: 'app', now: () => now })
  opened.push(ledger)
  return ledger
}

/** Opens it anew, as the next start of the app does. */
async function restart(ledger: Ledger): Promise<Ledger> {
  await ledger.close()
  return open()
}

test('a pending authorization is a record, which the session that redeems it goes on with', async () => {
  const ledger = await open()
  const authorized = ledger.pending({ ...session, expiresAt: now + 3_600_000, connectionLimit: 1 })
  expect(ledger.byId(authorized)).toMatchObject({ id: authorized, states: [{ state: 'pending' }], connectionLimit: 1 })
  now += 600_000
  const id = await ledger.begin({ ...session, authorization: authorized })
  expect(id).toBe(authorized)
  await ledger.started(id, 'ann-1')
  ledger.noted('ann-1', { kind: 'state', state: 'active' })
  expect(ledger.bySession('ann-1')).toMatchObject({ id, startedAt: now - 600_000, connectionLimit: 1 })
  // A second session of the same authorization, after the first one was lost, has a record of its own.
  await ledger.terminated(id)
  const next = await ledger.begin({ ...session, authorization: authorized })
  expect(next).not.toBe(authorized)
  const denied = ledger.pending(session)
  await ledger.refused(await ledger.begin({ ...session, authorization: denied }))
  // Its token works again.
  const again = await ledger.begin({ ...session, authorization: denied })
  await ledger.started(again, 'ann-2')
  ledger.noted('ann-2', { kind: 'state', state: 'active' })
  expect(again).toBe(denied)
  expect(ledger.byId(denied)?.states.map(({ state }) => state)).toEqual(['active', 'pending'])
  await ledger.terminated(again)
  const unused = ledger.pending(session)
  ledger.note(unused, 'terminated')
  expect((await restart(ledger)).byId(unused)?.states.map(({ state }) => state)).toEqual(['terminated', 'pending'])
})

test('the authorizations that are pending are those of living processes, until they are redeemed, noted or expired', async () => {
  const app = await open()
  const wish = { ...session, authorizedBy: 'arn:aws:iam::1:user/ann', expiresAt: now + 60_000 }
  const [kept, redeemed, noted] = [app.pending(wish), app.pending(wish), app.pending(wish)]
  app.pending({ ...wish, expiresAt: now })
  app.pending(session)
  const ids = (ledger: Ledger) => ledger.authorizations().map(({ id }) => id)
  expect(ids(app)).toEqual([kept, redeemed, noted])
  await app.started(await app.begin({ ...session, authorization: redeemed }), 'ann-1')
  app.note(noted, 'terminated')
  expect(ids(app)).toEqual([kept])
  const again = await restart(app)
  expect([again.byId(kept)?.authorizedBy, ids(again)]).toEqual(['arn:aws:iam::1:user/ann', []])
})
