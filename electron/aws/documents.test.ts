import { expect, test } from 'vitest'
import { readSessionDocument } from './documents'

const read = (content: object, type = 'Session') =>
  readSessionDocument('Acme', { type, content: JSON.stringify(content) })

test('parameters stand for the destination by where the properties use them, whatever their names are', () => {
  const document = read({
    schemaVersion: '1.0',
    sessionType: 'Port',
    parameters: {
      remotePort: { type: 'String', allowedPattern: '^[0-9]+$' },
      database: { type: 'String', default: 'orders.internal', allowedValues: ['orders.internal', 'users.internal'] },
      zones: { type: 'StringList', default: ['a', 'b'], description: 'Where', minChars: '1', maxChars: 2 },
    },
    properties: { host: '{{database}}', portNumber: '{{ remotePort }}', localPortNumber: '0' },
  })
  expect(document).toEqual({
    name: 'Acme',
    sessionType: 'Port',
    parameters: [
      { name: 'remotePort', isList: false, allowedPattern: '^[0-9]+$', role: 'port' },
      {
        name: 'database',
        isList: false,
        default: ['orders.internal'],
        allowedValues: ['orders.internal', 'users.internal'],
        role: 'host',
      },
      { name: 'zones', isList: true, description: 'Where', default: ['a', 'b'], minChars: 1, maxChars: 2 },
    ],
    host: { kind: 'made' },
    port: { kind: 'made' },
  })
})

test('a fixed destination is told, and the usual names count in Port documents only', () => {
  const port = read({
    sessionType: 'Port',
    parameters: { portNumber: {} },
    properties: { host: 'db', portNumber: 5432 },
  })
  expect(port).toMatchObject({ host: { kind: 'fixed', text: 'db' }, port: { kind: 'fixed', text: '5432' } })
  expect(port.parameters).toEqual([{ name: 'portNumber', isList: false, role: 'port' }])
  const shell = read({ sessionType: 'InteractiveCommands', parameters: { host: {} }, properties: { linux: {} } })
  expect(shell).toEqual({
    name: 'Acme',
    sessionType: 'InteractiveCommands',
    parameters: [{ name: 'host', isList: false }],
  })
})

test('a document of another type and one that is no session document are refused', () => {
  expect(() => read({ schemaVersion: '2.2' }, 'Command')).toThrow('Acme is a document of type Command: name a document')
  for (const content of ['', '[]', '{"sessionType":1}']) {
    expect(() => readSessionDocument('Acme', { type: 'Session', content })).toThrow('could not be read')
  }
})

test('what a document says is cut', () => {
  const parameters = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`p${index}`, { description: 'x'.repeat(9_999) }]),
  )
  const document = read({ sessionType: 'Port', parameters })
  expect(document.parameters).toHaveLength(50)
  expect(document.parameters[0]?.description?.length).toBeLessThanOrEqual(1_025)
})
