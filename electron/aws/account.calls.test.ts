// The calls of an account against a stand-in of AWS: deadlines, endpoints, and answers that do not end.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openAccount } from './account'
import type { Account } from './parts'
import { callerIdentity, startStandIn, startedSession } from '../../e2e/kit/aws/awsstandin'
import { credentials, folder, never, opened, stageAccounts } from './account.kit'

stageAccounts()

describe('a call', () => {
  test('that is aborted ends with the reason of its signal', async () => {
    const [account] = await opened(() => startedSession)
    const reason = new Error('the user went away')
    await expect(account.identity(AbortSignal.abort(reason))).rejects.toBe(reason)
    const abort = new AbortController()
    const [slow] = await opened(() => {
      abort.abort(reason)
      return startedSession
    })
    await expect(slow.startSession({ target: 'i-1' }, abort.signal)).rejects.toBe(reason)
  })

  test('whose account is closed under it ends, and is not repeated on another socket', async () => {
    let requests = 0
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        requests += 1
        void account[Symbol.asyncDispose]()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const endpointUrl = `http://127.0.0.1:${port}`
    const account = await openAccount({ region: 'eu-central-1', endpointUrl, credentials, env: {} })
    await expect(account.startSession({ target: 'i-1' }, never)).rejects.toMatchObject({
      message: expect.stringMatching(/closed meanwhile|could not be reached|socket hang up|connection/i),
    })
    expect(requests).toBe(1)
  })

  test('that a deadline ends is a timeout', async () => {
    const expired = new AbortController()
    expired.abort(new DOMException('late', 'TimeoutError'))
    const [account] = await opened(() => startedSession)
    await expect(account.startSession({ target: 'i-1' }, expired.signal)).rejects.toMatchObject({ code: 'timeout' })
  })

  test('goes to the endpoint that the environment names for its service', async () => {
    const other = await startStandIn(() => callerIdentity)
    onTestFinished(() => other[Symbol.asyncDispose]())
    const standIn = await startStandIn(() => startedSession)
    onTestFinished(() => standIn[Symbol.asyncDispose]())
    const env = {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_ACCESS_KEY_ID: 'ENVKEY',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_ENDPOINT_URL_SSM: standIn.url,
      AWS_ENDPOINT_URL: other.url,
      AWS_REGION: 'eu-central-1',
    }
    const account = await openAccount({ env })
    onTestFinished(() => account[Symbol.asyncDispose]())
    await account.startSession({ target: 'i-1' }, never)
    await account.identity(never)
    expect(standIn.asked.map(({ action, accessKeyId }) => [action, accessKeyId])).toEqual([['StartSession', 'ENVKEY']])
    expect(other.asked.map(({ action }) => action)).toEqual(['GetCallerIdentity'])
    expect(account.endpointUrl).toBe(standIn.url)
  })

  test('neither warns about the version of Node nor leaves its switch in the environment', async () => {
    const before = process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']
    delete process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    onTestFinished(() => {
      process.off('warning', warned)
      if (before !== undefined) process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = before
    })
    const [account] = await opened(() => callerIdentity)
    await account.identity(never)
    expect(warnings).toEqual([])
    expect(process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']).toBeUndefined()
  })
})

describe('an answer that begins and does not end', () => {
  /** A service that sends headers and half a body, and keeps the connection. */
  async function startStalling(
    head = 'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 5000\r\n\r\n<Half',
  ) {
    const closed: Promise<unknown>[] = []
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      closed.push(new Promise((resolve) => socket.once('close', resolve)))
      socket.once('data', () => socket.write(head))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const account = await openAccount({
      region: 'eu-central-1',
      endpointUrl: `http://127.0.0.1:${port}`,
      credentials,
      env: {},
    })
    onTestFinished(() => account[Symbol.asyncDispose]())
    return { account, closed, server }
  }

  /** Resolves when this process has read the headers of an answer. */
  function answered(): Promise<void> {
    return new Promise((resolve) => {
      const hear = (): void => {
        unsubscribe('http.client.response.finish', hear)
        resolve()
      }
      subscribe('http.client.response.finish', hear)
    })
  }

  test.each([
    ['a listing', (account: Account) => account.listInstances(never)],
    ['the identity', (account: Account) => account.identity(never)],
    ['the start of a session', (account: Account) => account.startSession({ target: 'i-1' }, never)],
  ])('is given up after 30 s without a byte, and its connection closed: %s', async (_, call) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { account, closed } = await startStalling()
    const begun = answered()
    const outcome = call(account).then(
      () => 'answered',
      (error: unknown) => error,
    )
    let result: unknown
    void outcome.then((value) => {
      result = value
    })
    await begun
    let spentMs = 0
    // The SDK takes the body a few turns after the headers have come.
    for (let turn = 0; result === undefined; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      if (turn < 50) continue
      vi.advanceTimersByTime(1_000)
      spentMs += 1_000
    }
    expect(result).toMatchObject({
      code: 'timeout',
      message: 'AWS stopped in the middle of its answer for 30 s: check the network and try again.',
    })
    // Two services are asked for a list; the other one may have been answered somewhat later.
    expect(spentMs).toBeLessThan(120_000)
    await Promise.all(closed)
  })

  test('is no longer waited for by a caller who goes away, and its connection is closed', async () => {
    const { account, closed } = await startStalling()
    const leaving = new AbortController()
    const begun = answered()
    const call = account.identity(leaving.signal).catch((error: unknown) => error)
    await begun
    const reason = new Error('the user went away')
    leaving.abort(reason)
    expect(await call).toBe(reason)
    await Promise.all(closed)
  })

  test('is given up at 64 MiB', async () => {
    const { account, server } = await startStalling(
      'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const chunk = Buffer.alloc(1_048_576, 'x')
    server.on('connection', (socket) => {
      const more = (): void => {
        if (!socket.destroyed)
          socket.write(Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')]), more)
      }
      socket.once('data', more)
    })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'service',
      message: 'What answered sent more than 64 MiB for one call: check the endpoint and the proxy settings.',
    })
  })
})
