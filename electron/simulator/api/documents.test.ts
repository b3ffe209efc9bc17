import { expect, test } from 'vitest'
import { Documents } from './documents'
import { SEPARATE_OUTPUT_DOCUMENT } from './stockdocuments'

const stock = new Documents()
const REMOTE = 'AWS-StartPortForwardingSessionToRemoteHost'

test.each([
  ['SSM-SessionManagerRunShell', {}, { kind: 'shell' }],
  ['AWS-StartInteractiveCommand', { command: ['top -n 1'] }, { kind: 'interactive-command', command: 'top -n 1' }],
  ['AWS-StartNonInteractiveCommand', { command: ['id'] }, { kind: 'command', command: 'id', hasSeparateOutput: false }],
  [SEPARATE_OUTPUT_DOCUMENT, { command: ['id'] }, { kind: 'command', command: 'id', hasSeparateOutput: true }],
  ['AWS-StartSSHSession', {}, { kind: 'port', properties: { portNumber: '22' } }],
  [
    REMOTE,
    { host: ['db.internal'], portNumber: ['5432'] },
    {
      kind: 'port',
      properties: { host: 'db.internal', portNumber: '5432', localPortNumber: '0', type: 'LocalPortForwarding' },
    },
  ],
])('%s with %j', (name, parameters, plan) => {
  expect(stock.plan(name, parameters)).toEqual({ kind: 'planned', plan })
})

test.each([
  [REMOTE, {}],
  [REMOTE, { host: ['a;b'] }],
  [REMOTE, { host: ['db'], portNumber: ['0'] }],
  ['AWS-StartPortForwardingSession', { portNumber: ['65536'] }],
  ['AWS-StartPortForwardingSession', { nonsense: ['1'] }],
  ['AWS-StartNonInteractiveCommand', {}],
  ['AWS-StartNonInteractiveCommand', { command: ['id'], toString: ['x'] }],
])('%s refuses %j', (name, parameters) => {
  expect(stock.plan(name, parameters)).toMatchObject({ kind: 'invalid-parameters' })
})

test('a document that does not exist has neither a plan nor a content', () => {
  expect(stock.plan('No-Such', {})).toEqual({ kind: 'unknown-document' })
  expect(stock.describe('No-Such')).toBeUndefined()
  expect(stock.plan('toString', {})).toEqual({ kind: 'unknown-document' })
})

test('a document of the account is planned from its own properties, and its values are checked', () => {
  const documents = new Documents({
    'Acme-Orders': {
      sessionType: 'Port',
      parameters: {
        remotePort: { type: 'String', allowedValues: ['5432', '5433'] },
        zone: { type: 'String', default: 'eu', minChars: 2, maxChars: 4 },
      },
      properties: { host: 'db.{{zone}}.internal', portNumber: '{{ remotePort }}', type: 'LocalPortForwarding' },
    },
    'Acme-Uptime': {
      sessionType: 'InteractiveCommands',
      parameters: {},
      properties: { linux: { commands: 'uptime' } },
    },
    'Acme-Patch': { type: 'Command' },
  })
  expect(documents.plan('Acme-Orders', { remotePort: ['5433'] })).toEqual({
    kind: 'planned',
    plan: {
      kind: 'port',
      properties: { host: 'db.eu.internal', portNumber: '5433', type: 'LocalPortForwarding' },
    },
  })
  for (const wrong of [{}, { remotePort: ['22'] }, { remotePort: ['5432'], zone: ['e'] }]) {
    expect(documents.plan('Acme-Orders', wrong)).toMatchObject({ kind: 'invalid-parameters' })
  }
  expect(documents.plan('Acme-Uptime', {})).toMatchObject({ plan: { kind: 'interactive-command', command: 'uptime' } })
  expect(documents.plan('Acme-Patch', {})).toEqual({ kind: 'unknown-document' })
  expect(documents.describe('Acme-Patch')).toMatchObject({ type: 'Command' })
  expect(JSON.parse(documents.describe('Acme-Orders')?.content ?? '')).toMatchObject({ schemaVersion: '1.0' })
})
