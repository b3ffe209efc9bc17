// The errors of sockets, of the name service and of the SDK as errors of ours, by code.

import { createServer as createTcpServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openAccount } from '../account'
import { toAppError } from './errors'
import { listenOnLoopback } from '../../../e2e/kit/aws/awsstandin'
import { never, region } from './errors.kit'

describe('the way to AWS', () => {
  const source = { kind: 'given' } as const
  const context = { action: 'ssm:StartSession', region: 'eu-wset-1', source }
  const notFound = (hostname: string) => Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', hostname })

  test('that is refused is network, naming the address', async () => {
    const server = createTcpServer()
    const port = await listenOnLoopback(server as never)
    await new Promise((resolve) => server.close(resolve))
    const endpointUrl = `http://127.0.0.1:${port}`
    const account = await openAccount({
      region,
      endpointUrl,
      credentials: { accessKeyId: 'A', secretAccessKey: 's' },
      env: {},
    })
    onTestFinished(() => account[Symbol.asyncDispose]())
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`),
    })
  })

  test('that hangs up is network', async () => {
    const server = createTcpServer((socket) => socket.resetAndDestroy())
    const port = await listenOnLoopback(server as never)
    onTestFinished(() => void server.close())
    const endpointUrl = `http://127.0.0.1:${port}`
    const account = await openAccount({
      region,
      endpointUrl,
      credentials: { accessKeyId: 'A', secretAccessKey: 's' },
      env: {},
    })
    onTestFinished(() => account[Symbol.asyncDispose]())
    await expect(account.identity(never)).rejects.toMatchObject({ code: 'network' })
  })

  test('to a regional host that does not exist is wrong-region while other hosts of AWS do', async () => {
    const asked: string[] = []
    const isKnownHost = (host: string): Promise<boolean> => {
      asked.push(host)
      return Promise.resolve(true)
    }
    const error = await toAppError(notFound('ssm.eu-wset-1.amazonaws.com'), { ...context, isKnownHost })
    expect(error).toMatchObject({ code: 'wrong-region', message: expect.stringContaining('eu-wset-1') })
    expect(asked).toEqual(['ssm.us-east-1.amazonaws.com'])
  })

  test('to a FIPS host that does not exist says that, and not that there is no such region', async () => {
    const host = `ssm-fips.${context.region}.amazonaws.com`
    const error = await toAppError(notFound(host), { ...context, isKnownHost: () => Promise.resolve(true) })
    expect(error).toMatchObject({ code: 'wrong-region', message: expect.stringContaining(`no FIPS endpoint ${host}`) })
    expect(error.message).toContain('AWS_USE_FIPS_ENDPOINT')
    const offline = await toAppError(notFound(host), { ...context, isKnownHost: () => Promise.resolve(false) })
    expect(offline).toMatchObject({ code: 'network', message: expect.stringContaining('AWS_USE_FIPS_ENDPOINT') })
  })

  test('to a regional host is network while no host of AWS can be looked up', async () => {
    const isKnownHost = () => Promise.resolve(false)
    const error = await toAppError(notFound('ssm.eu-wset-1.amazonaws.com'), { ...context, isKnownHost })
    expect(error).toMatchObject({ code: 'network', message: expect.stringContaining('ssm.eu-wset-1.amazonaws.com') })
  })

  test('to a host that is not regional is network, without asking for another', async () => {
    const isKnownHost = () => Promise.reject(new Error('asked'))
    for (const host of ['proxy.corp', 'ssm.eu-wset-1.amazonaws.com.evil.example', 'ssm.eu-central-1.amazonaws.com']) {
      expect(await toAppError(notFound(host), { ...context, isKnownHost })).toMatchObject({ code: 'network' })
    }
  })

  test('inside another error, or one of several addresses, is found', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:9'), { code: 'ECONNREFUSED' })
    expect(await toAppError(new Error('outer', { cause: refused }), context)).toMatchObject({ code: 'network' })
    expect(await toAppError(new AggregateError([refused]), context)).toMatchObject({ code: 'network' })
  })

  test('that takes too long is network', async () => {
    const error = Object.assign(new Error('too long'), { name: 'TimeoutError' })
    expect(await toAppError(error, context)).toMatchObject({ code: 'network' })
  })

  test('with a certificate nobody vouches for is network, pointing at AWS_CA_BUNDLE', async () => {
    const error = Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })
    expect(await toAppError(error, context)).toMatchObject({
      code: 'network',
      message: expect.stringContaining('AWS_CA_BUNDLE'),
    })
  })

  test('through a proxy that wants a login is network, pointing at HTTPS_PROXY', async () => {
    const error = Object.assign(new Error('?'), { name: 'Error', $metadata: { httpStatusCode: 407 } })
    expect(await toAppError(error, context)).toMatchObject({
      code: 'network',
      message: expect.stringContaining('HTTPS_PROXY'),
    })
  })
})

test('an AppError passes as it is, and anything else odd is internal', async () => {
  const context = { action: 'a:b', region, source: { kind: 'given' } as const }
  const first = await toAppError('odd', context)
  expect(first.code).toBe('internal')
  expect(await toAppError(first, context)).toBe(first)
})

describe('foreign text', () => {
  const long = `arn:${'x'.repeat(1_000_000)}`

  test.each([
    ['a message', 'ValidationException', long],
    [
      'a resource',
      'AccessDeniedException',
      `User: ${long} is not authorized to perform: ssm:StartSession on resource: ${long}`,
    ],
    ['an action', 'AccessDeniedException', `not authorized to perform: ${'a'.repeat(1_000_000)}:b on resource: i-1`],
    ['a key', 'KMSInvalidStateException', long],
    ['a name', `${long}.Evil`, ''],
  ])('in an error is cut: %s', async (_, name, message) => {
    const error = Object.assign(new Error(message), { name })
    const context = { action: 'ssm:StartSession', region, source: { kind: 'given' } as const, key: long }
    const { message: said } = await toAppError(error, context)
    expect(said.length).toBeLessThan(2_500)
    // It still ends with what to do next.
    expect(said).toMatch(/: [^:]+\.$/)
  })

  test('of sockets and the name service, and what is odd, is cut', async () => {
    const context = {
      action: 'a:b',
      region,
      source: { kind: 'given' } as const,
      isKnownHost: () => Promise.resolve(false),
    }
    const host = { code: 'ENOTFOUND', hostname: `${'a.'.repeat(1_000_000)}example` }
    const odd = { code: `UNABLE_TO_${'X'.repeat(1_000_000)}` }
    for (const thrown of [
      Object.assign(new Error('x'), host),
      Object.assign(new Error('x'), odd),
      'x'.repeat(1_000_000),
    ]) {
      expect((await toAppError(thrown, context)).message.length).toBeLessThan(1_000)
    }
  })
})
