import { expect, test } from 'vitest'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { completed, savedDocument } from './fromtarget'

const document = { name: 'Own' }
const database: SavedTarget = {
  id: 'a',
  name: 'database',
  environment: { kind: 'demo' },
  set: { hosts: 'tag:Role=db', choice: 'random' },
  defaultPort: 5_432,
  remoteHost: 'db.internal',
  document,
  connectionLimit: 3,
  maxDurationMinutes: 30,
}
const shells: SavedTarget = { id: 'b', name: 'shells', environment: { kind: 'demo' }, set: database.set, document }
const HOUR_MS = 3_600_000

test('an authorization takes port, host, limit, duration and document of its saved target', () => {
  expect(completed({}, database)).toEqual({
    session: { kind: 'tcp', remotePort: 5_432, remoteHost: 'db.internal' },
    connectionLimit: 3,
    expiresAfterMs: HOUR_MS / 2,
    document,
  })
  expect(completed({}, shells)).toEqual({
    session: { kind: 'shell' },
    connectionLimit: 1,
    expiresAfterMs: 8 * HOUR_MS,
    document,
  })
})

test('what is named wins, and the document stays with the sessions that it is for', () => {
  const tcp = { kind: 'tcp', remotePort: 22 } as const
  const named = { session: tcp, connectionLimit: 2, expiresAfterMs: 60_000, document: { name: 'Other' } }
  expect(completed(named, database)).toEqual(named)
  expect(completed({ session: { kind: 'shell' } }, database).document).toBeUndefined()
  expect(completed({ session: { kind: 'ssh', remotePort: 22 } }, database).document).toBeUndefined()
  expect(completed({ session: tcp }, shells).document).toBeUndefined()
  expect(savedDocument(shells, 'shell')).toBe(document)
})

test('a saved target without limits allows any; without a saved target it is one connection and 8 h', () => {
  const { connectionLimit: _, maxDurationMinutes: __, ...open } = database
  expect(completed({}, open)).toMatchObject({ connectionLimit: undefined, expiresAfterMs: 8 * HOUR_MS })
  const session = { kind: 'ssh', remotePort: 22 } as const
  expect(completed({ session }, undefined)).toEqual({ session, connectionLimit: 1, expiresAfterMs: 8 * HOUR_MS })
  expect(completed({ session, connectionLimit: null }, undefined).connectionLimit).toBeUndefined()
})

test('more than the saved target allows is refused, and so is no session at all', () => {
  for (const connectionLimit of [4, null]) {
    expect(() => completed({ connectionLimit }, database)).toThrow(
      'The saved target "database" allows 3 connections of one authorization: name no more.',
    )
  }
  expect(() => completed({ expiresAfterMs: HOUR_MS }, database)).toThrow(
    'The saved target "database" allows 30 min: name no longer span.',
  )
  expect(() => completed({}, undefined)).toThrow(expect.objectContaining({ code: 'usage' }))
})
