import { expect, test } from 'vitest'
import { SEPARATE_OUTPUT_DOCUMENT, documentContent, planSession } from './documents'

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
  expect(planSession(name, parameters)).toEqual({ kind: 'planned', plan })
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
  expect(planSession(name, parameters)).toMatchObject({ kind: 'invalid-parameters' })
})

test('a document that does not exist has neither a plan nor a content', () => {
  expect(planSession('No-Such', {})).toEqual({ kind: 'unknown-document' })
  expect(documentContent('No-Such')).toBeUndefined()
  expect(planSession('toString', {})).toEqual({ kind: 'unknown-document' })
})
