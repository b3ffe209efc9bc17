import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { handshakeComplete, handshakeRequest, judgeHandshakeResponse, needsHandshake } from './handshake'

interface Row {
  readonly case: string
  readonly response: string
  readonly acked: boolean
  readonly clientVersion: string
  readonly handshakeError: string
}

const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as {
  vectors: { id: string; json: string; payloadUtf8: string; rows: Row[] }[]
}

const client = (version: string, isEncrypted = false) => ({ version, isEncrypted })

function vector(id: string) {
  return vectors.find((entry) => entry.id === id)!
}

test('agent-handshake-request-port: the request of a port session, byte for byte and in alphabetical order', () => {
  const properties = { type: 'LocalPortForwarding', portNumber: '5432', localPortNumber: '0', host: 'db.internal' }
  const request = handshakeRequest('3.3.0.0', { kind: 'port', properties })
  expect(request.toString()).toBe(vector('agent-handshake-request-port').payloadUtf8)
})

test('handshake-complete-plain: duration in whole nanoseconds', () => {
  const complete = handshakeComplete(123.456789, { kind: 'shell' }, client('1.2.707.0'))
  expect(complete.toString()).toBe(vector('handshake-complete-plain').json)
})

test('handshake-complete-old-client-separate: an old client that wants separate output is told to update', () => {
  const plan = { kind: 'command', command: 'x', hasSeparateOutput: true } as const
  const { json } = vector('handshake-complete-old-client-separate')
  expect(handshakeComplete(123.456789, plan, client('1.2.295', true)).toString()).toBe(json)
  expect(handshakeComplete(1, plan, client('1.2.295')).toString()).toMatch(/output\.\\r\\n"}$/)
  expect(handshakeComplete(1, plan, client('1.2.707.0')).toString()).toContain('"CustomerMessage":""')
})

test('handshake-complete-kms: an encrypted session is called so', () => {
  const complete = handshakeComplete(123.456789, { kind: 'shell' }, client('1.2.707.0', true))
  expect(complete.toString()).toBe(vector('handshake-complete-kms').json)
})

test('agent-handshake-request-kms: the request of an encrypted shell, byte for byte', () => {
  const kms = { KMSKeyId: 'arn:aws:kms:us-east-1:111122223333:key/abc', Challenge: 'EBESExQVFhcYGRobHB0eHw==' }
  const request = handshakeRequest('3.3.0.0', { kind: 'shell' }, kms)
  expect(request.toString()).toBe(vector('agent-handshake-request-kms').json)
})

const rows = vector('agent-handshake-response-eval').rows

test.each(rows.filter(({ acked }) => acked))('agent-handshake-response-eval: $case', (row) => {
  expect(judgeHandshakeResponse(Buffer.from(row.response))).toEqual({
    clientVersion: row.clientVersion,
    error: row.handshakeError,
  })
})

test.each(rows.filter(({ acked }) => !acked))('agent-handshake-response-eval: $case is a handler error', (row) => {
  expect(() => judgeHandshakeResponse(Buffer.from(row.response))).toThrow(
    expect.objectContaining({ code: 'protocol' }) as Error,
  )
})

test('only ports and non-interactive commands shake hands, unless the session is encrypted', () => {
  expect(needsHandshake({ kind: 'shell' }, false)).toBe(false)
  expect(needsHandshake({ kind: 'interactive-command', command: 'x' }, false)).toBe(false)
  expect(needsHandshake({ kind: 'command', command: 'x', hasSeparateOutput: false }, false)).toBe(true)
  expect(needsHandshake({ kind: 'port', properties: {} }, false)).toBe(true)
  expect(needsHandshake({ kind: 'shell' }, true)).toBe(true)
})
