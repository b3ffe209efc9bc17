import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { AppError, type ErrorCode } from '../../../shared/errors'
import { isRefusedForGood, reach } from './refusal'

const never = new AbortController().signal

/** Tries to reach a server that answers each upgrade with `status` and `headers`. */
async function outcome(status: number, headers: string, publicHost?: string): Promise<unknown> {
  const server = createServer()
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  server.on('upgrade', (_, socket) => {
    socket.end(`HTTP/1.1 ${status} No\r\n${headers}content-length: 0\r\nconnection: close\r\n\r\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const worked = (): void => undefined
  const service = {
    region: 'eu-west-1',
    endpointUrl: `http://${origin}`,
    ...(publicHost === undefined ? {} : { messageEndpoint: `ws://${origin}` }),
    signUpgrade: () =>
      Promise.resolve([
        { headers: { authorization: 'signed' }, worked },
        { headers: {}, worked },
      ]),
    agentFor: () => undefined,
  }
  const ticket = { sessionId: 's', tokenValue: 't', streamUrl: `ws://${publicHost ?? origin}/v1/data-channel/s` }
  return reach(service, ticket, never).then(
    () => 'open',
    (error: unknown) => (error instanceof AppError && publicHost === undefined ? error.code : error),
  )
}

test.each([
  [403, 'x-amzn-RequestId: 1\r\n', 'upgrade-refused'],
  [401, 'X-Amz-Request-Id: 1\r\n', 'upgrade-refused'],
  [403, 'Server: proxy\r\n', 'network'],
  [401, '', 'network'],
  [503, 'x-amzn-RequestId: 1\r\n', 'network'],
])('an upgrade that is answered with %i and "%s" rejects with %s', async (status, headers, code) => {
  expect(await outcome(status, headers)).toBe(code)
})

test('a refusal on the way names the host that was dialled, not the one that the user has replaced', async () => {
  const error = await outcome(403, 'Server: proxy\r\n', 'ssmmessages.eu-west-1.amazonaws.com')
  expect(error).toMatchObject({ code: 'network', message: expect.stringContaining('WebSockets to 127.0.0.1 through') })
})

const fail = (code: ErrorCode) => () => Promise.reject(new AppError(code, 'It failed.'))

test.each([
  ['upgrade-refused', () => Promise.resolve(), true],
  ['upgrade-refused', fail('credentials-expired'), false],
  ['upgrade-refused', fail('credentials-missing'), false],
  // STS cannot be reached from every network that reaches Systems Manager.
  ['upgrade-refused', fail('network'), true],
  ['network', () => Promise.resolve(), false],
  ['throttled', () => Promise.resolve(), false],
] as const)('%s with an identity that answers %s is final: %s', async (code, identity, isFinal) => {
  expect(await isRefusedForGood(new AppError(code, 'No.'), { identity }, never)).toBe(isFinal)
})
