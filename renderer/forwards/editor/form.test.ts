import { expect, test } from 'vitest'
import { requests } from '../../../shared/api/requests'
import { parts } from '../../../shared/schemas'
import type { Forward, ForwardView } from '../../../shared/model/forward'
import { BLANK, fieldsOf, readForward, tidy, type ForwardFields, type Problems } from './form'

const fields: ForwardFields = {
  ...BLANK,
  name: 'orders-db',
  target: { kind: 'id', instanceId: 'i-0a3f9c2e71b4d8810' },
  remotePort: ' 5432 ',
}

const saved: Forward = {
  id: 'f1',
  name: 'sessions-cache',
  environment: { kind: 'demo' },
  target: { kind: 'name', name: 'web-1' },
  remotePort: 6_379,
  remoteHost: 'cache.internal',
  localPort: 6_379,
  startAtLaunch: true,
  expiresAfterMinutes: 90,
  maxConnections: 20,
  document: { name: 'Acme-Cache', parameters: { site: ['eu', 'us'], note: ['a;b'] } },
}
const others: readonly ForwardView[] = [
  { forward: saved, isOn: false, state: { kind: 'off' }, localPort: 6_379, openConnections: 0 },
]

function problemsOf(change: Partial<ForwardFields>): Problems {
  const reading = readForward({ ...fields, ...change }, others)
  return reading.kind === 'refused' ? reading.problems : {}
}

test('blank optional fields are left out, and what is read is what the core takes', () => {
  const reading = readForward(fields, others)
  const parameters = { name: 'orders-db', target: fields.target, remotePort: 5_432, startAtLaunch: false }
  expect(reading).toEqual({ kind: 'request', parameters })
  expect(requests['forward.create'].parameters(parts).safeParse(parameters).success).toBe(true)
})

test('the fields of a saved forward read back as that forward', () => {
  const { id: _id, environment: _environment, ...rest } = saved
  expect(readForward(fieldsOf(saved), [])).toEqual({ kind: 'request', parameters: rest })
  expect(requests['forward.create'].parameters(parts).safeParse(rest).success).toBe(true)
})

test('each field that is wrong has a sentence, all at once', () => {
  const problems = problemsOf({ name: ' ', target: undefined, remotePort: '', remoteHost: 'a b', localPort: '70000' })
  expect(Object.keys(problems)).toEqual(['name', 'target', 'remoteHost', 'remotePort', 'localPort'])
  expect(problemsOf({ document: 'a b', parameters: 'x' })).toEqual({
    document: expect.stringContaining('3 to 128'),
    parameters: expect.stringContaining('name=value'),
  })
  const limits = problemsOf({ expiresAfter: 'soon', maxConnections: '0' })
  expect(Object.keys(limits)).toEqual(['expiresAfter', 'maxConnections'])
  expect(limits.expiresAfter).toContain('45 min or 8 h')
  expect(problemsOf({ name: 'sessions-cache' })).toEqual({
    name: 'Another forward is named sessions-cache. Choose another name.',
  })
  expect(Object.keys(problemsOf({ name: 'n'.repeat(101) }))).toEqual(['name'])
})

test('a port that is typed with the host goes to its own field, and wins over the port of a preset', () => {
  const pasted = { ...fields, remoteHost: 'postgres://me:secret@db.internal:5433/orders', remotePort: '' }
  expect(tidy(pasted)).toMatchObject({ remoteHost: 'db.internal', remotePort: '5433' })
  expect(readForward(pasted, [])).toMatchObject({
    kind: 'request',
    parameters: { remoteHost: 'db.internal', remotePort: 5_433 },
  })
  const preset = { ...fields, remoteHost: 'db.internal:3307', remotePort: '3306' }
  expect(tidy(preset)).toMatchObject({ remoteHost: 'db.internal', remotePort: '3307' })
  expect(readForward(preset, [])).toMatchObject({ kind: 'request', parameters: { remotePort: 3_307 } })
  for (const remoteHost of ['10.0.0.300', '-x']) expect(Object.keys(problemsOf({ remoteHost }))).toEqual(['remoteHost'])
})
