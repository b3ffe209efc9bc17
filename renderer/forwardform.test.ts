import { expect, test } from 'vitest'
import { requestSchemas } from '../shared/api'
import { readForward, type ForwardFields } from './forwardform'

const fields: ForwardFields = { instanceId: 'i-1', remotePort: ' 8080 ', remoteHost: '', localPort: '' }

test('blank optional fields are left out, and what is read is what the core takes', () => {
  const reading = readForward(fields)
  expect(reading).toEqual({ kind: 'request', parameters: { instanceId: 'i-1', remotePort: 8_080 } })
  const full = readForward({ ...fields, remoteHost: ' intranet.internal ', localPort: '65535' })
  const parameters = { instanceId: 'i-1', remotePort: 8_080, remoteHost: 'intranet.internal', localPort: 65_535 }
  expect(full).toEqual({ kind: 'request', parameters })
  expect(requestSchemas['forward.open'].safeParse(parameters).success).toBe(true)
})

test('each field that cannot be read is named, the first one first', () => {
  const refused = (change: Partial<ForwardFields>): string => {
    const reading = readForward({ ...fields, ...change })
    return reading.kind === 'refused' ? reading.field : 'nothing'
  }
  expect(refused({ instanceId: '', remotePort: '' })).toBe('instanceId')
  for (const remotePort of ['', '0', '65536', '80a', '-1', '1e3', '8 0', '080000']) {
    expect([remotePort, refused({ remotePort })]).toEqual([remotePort, 'remotePort'])
  }
  for (const remoteHost of ['http://a', 'a b', 'a'.repeat(256)]) expect(refused({ remoteHost })).toBe('remoteHost')
  expect(refused({ localPort: '70000' })).toBe('localPort')
})
