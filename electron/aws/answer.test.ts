// The bounds of an answer's body, with a client of the SDK and a server of the test.

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, onTestFinished, test, vi } from 'vitest'
import { close, listenOnLoopback } from '../../e2e/kit/aws/awsstandin'
import { BoundedHandler } from './answer'

const IDENTITY =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>'

/** A client whose every answer has the body that `answer` writes; `asked` counts its requests. */
async function asking(answer: (response: ServerResponse) => void) {
  const served = { asked: 0 }
  const server = createServer((_request, response) => {
    served.asked += 1
    response.writeHead(200, { 'content-type': 'text/xml' })
    response.flushHeaders()
    answer(response)
  })
  const port = await listenOnLoopback(server)
  const client = new STSClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${String(port)}`,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 's' },
    requestHandler: new BoundedHandler(),
  })
  onTestFinished(async () => {
    client.destroy()
    await close(server)
  })
  return { call: () => client.send(new GetCallerIdentityCommand({})), served }
}

test('a body that comes in pieces is passed on whole', async () => {
  const { call } = await asking((response) => {
    response.write(IDENTITY.slice(0, 40))
    setImmediate(() => response.end(IDENTITY.slice(40)))
  })
  expect((await call()).Account).toBe('1')
})

test('a body that stops for 30 s ends its call, which is not repeated, and closes its socket', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let closed: Promise<unknown> | undefined
  const { call, served } = await asking((response) => {
    closed = once(response, 'close')
    response.write(IDENTITY.slice(0, 40))
  })
  let error: unknown
  const failed = call().catch((reason: unknown) => {
    error = reason
  })
  await vi.waitFor(() => expect(closed).toBeDefined())
  // The time runs only once the headers have arrived.
  while (error === undefined) {
    await vi.advanceTimersByTimeAsync(10_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await failed
  expect(error).toMatchObject({
    code: 'timeout',
    message: 'AWS stopped in the middle of its answer for 30 s: check the network and try again.',
  })
  await closed
  expect(served.asked).toBe(1)
})

test('a body of more than 64 MiB ends its call', async () => {
  const piece = Buffer.alloc(4 * 1_048_576, ' ')
  const { call, served } = await asking((response) => {
    const more = (): void => {
      if (!response.destroyed) response.write(piece, more)
    }
    more()
  })
  await expect(call()).rejects.toMatchObject({ code: 'service', message: expect.stringContaining('more than 64 MiB') })
  expect(served.asked).toBe(1)
})
