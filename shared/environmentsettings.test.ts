import { expect, test } from 'vitest'
import {
  documentNameProblem,
  environmentId,
  messageEndpointProblem,
  reasonProblem,
  settingsOf,
  withSettings,
} from './environmentsettings'

test('the settings of an environment are its own, and none where nothing was set', () => {
  const all = { 'acme-prod eu-west-1': { isReasonRequired: true } }
  expect(settingsOf(all, 'acme-prod', 'eu-west-1')).toEqual({ isReasonRequired: true })
  expect(settingsOf(all, 'acme-prod', 'us-east-1')).toEqual({})
  expect(settingsOf({}, 'constructor', '')).toEqual({})
})

test('a change keeps the other fields and the other environments, and leaves no empty entry', () => {
  const id = environmentId('ops', 'eu-west-1')
  const one = withSettings({ other: { isReasonRequired: true } }, id, { documents: { shell: 'Acme-Shell' } })
  const two = withSettings(one, id, { messageEndpoint: 'https://h' })
  expect(two).toEqual({
    other: { isReasonRequired: true },
    'ops eu-west-1': { documents: { shell: 'Acme-Shell' }, messageEndpoint: 'https://h' },
  })
  expect(withSettings(two, id, { documents: {}, messageEndpoint: undefined, isReasonRequired: false })).toEqual({
    other: { isReasonRequired: true },
  })
})

test('names of documents are those that StartSession takes', () => {
  const shared = 'arn:aws:ssm:eu-west-1:111122223333:document/Acme-Orders'
  expect(['Acme-Orders', shared].map(documentNameProblem)).toEqual([undefined, undefined])
  for (const name of ['', 'ab', 'a b c', 'x'.repeat(129)]) expect(documentNameProblem(name), name).toContain('3 to 128')
})

test('an endpoint is a host, reached with encryption outside this computer', () => {
  for (const text of ['vpce-1.example', 'https://h.example', 'wss://h.example:8443', 'http://127.0.0.1:80']) {
    expect(messageEndpointProblem(text), text).toBeUndefined()
  }
  for (const text of ['', 'https://h/path', 'https://h?x=1', 'https://u:p@h', 'ftp://h', 'a b']) {
    expect(messageEndpointProblem(text), text).toContain('Enter a host')
  }
  expect(messageEndpointProblem('http://h.example')).toContain('without encryption')
})

test('a reason is one line of at most 256 characters', () => {
  expect(reasonProblem('ticket 7')).toBeUndefined()
  expect(reasonProblem('x'.repeat(256))).toBeUndefined()
  expect([' ', 'a\nb', 'x'.repeat(257)].map(reasonProblem)).toEqual([
    'Enter a reason, such as the number of a ticket.',
    'A reason is one line.',
    'A reason has 256 characters at most.',
  ])
})
