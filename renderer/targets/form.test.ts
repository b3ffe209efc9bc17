import { expect, test } from 'vitest'
import { requests } from '../../shared/api/requests'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { parts } from '../../shared/schemas'
import { BLANK_TARGET, readTarget, targetFieldsOf, type TargetFields } from './form'

const saved: SavedTarget = {
  id: 't1',
  name: 'orders',
  environment: { kind: 'demo' },
  set: { hosts: 'tag:Role=db,Env=prod', choice: 'newest' },
  defaultPort: 5_432,
  remoteHost: 'db.internal',
  document: { name: 'Acme-Page', parameters: { site: ['eu', 'us'] } },
  connectionLimit: 3,
  maxDurationMinutes: 90,
}

const fields: TargetFields = { ...BLANK_TARGET, name: 'web', hosts: 'Name=web-*' }

function problemsOf(change: Partial<TargetFields>) {
  const reading = readTarget({ ...fields, ...change }, [saved])
  return reading.kind === 'refused' ? reading.problems : {}
}

test('the fields of a saved target read back as that target, and as the core takes it', () => {
  const { id: _id, environment: _environment, ...rest } = saved
  expect(readTarget(targetFieldsOf(saved), [])).toEqual({ kind: 'request', parameters: rest })
  expect(requests['target.create'].parameters(parts).safeParse(rest).success).toBe(true)
})

test('blank optional fields are left out', () => {
  const parameters = { name: 'web', set: { hosts: 'Name=web-*', choice: 'random' } }
  expect(readTarget(fields, [saved])).toEqual({ kind: 'request', parameters })
})

test('each field that is wrong has a sentence, all at once', () => {
  expect(
    Object.keys(problemsOf({ name: '', hosts: '', port: '0', maxDuration: 'soon', connectionLimit: '0' })),
  ).toEqual(['name', 'hosts', 'port', 'maxDuration', 'connectionLimit'])
  expect(problemsOf({ hosts: 'tag:Role' }).hosts).toContain('Role=VALUE')
  expect(problemsOf({ name: 'orders' })).toEqual({ name: 'Another target is named orders. Choose another name.' })
  expect(problemsOf({ remoteHost: 'db.internal' })).toEqual({ port: 'A destination host needs a port.' })
  expect(Object.keys(problemsOf({ document: 'a b', parameters: 'x' }))).toEqual(['document', 'parameters'])
})
