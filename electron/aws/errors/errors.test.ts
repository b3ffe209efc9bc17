import { createServer as createTcpServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openAccount, type Account } from '../account'
import { toAppError } from './errors'
import { keyRegion } from '../kms'
import { jsonError, listenOnLoopback, startStandIn, stsError, type Answer } from '../../../e2e/kit/awsstandin'

const never = new AbortController().signal
const region = 'eu-central-1'

async function opened(answer: Answer): Promise<Account> {
  const standIn = await startStandIn(() => answer)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({
    region,
    endpointUrl: standIn.url,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 's' },
    env: {},
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return account
}

const starting = async (answer: Answer, document?: string) =>
  (await opened(answer)).startSession({ target: 'i-0aa', ...(document === undefined ? {} : { document }) }, never).then(
    () => undefined,
    (error: unknown) => error,
  )

const identifying = async (answer: Answer) =>
  (await opened(answer)).identity(never).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('an answer of AWS', () => {
  test('TargetNotConnected is agent-offline, naming target and region', async () => {
    expect(await starting(jsonError('TargetNotConnected', 'i-0aa is not connected.'))).toMatchObject({
      code: 'agent-offline',
      message: expect.stringMatching(/^The SSM agent on i-0aa is not connected in eu-central-1: check /),
    })
  })

  test.each([400, 403])(
    'AccessDeniedException with status %i is access-denied, naming action and resource',
    async (status) => {
      const message =
        'User: arn:aws:sts::123456789012:assumed-role/dev/ann is not authorized to perform: ssm:StartSession on resource: ' +
        'arn:aws:ec2:eu-central-1:123456789012:instance/i-0aa because no identity-based policy allows the ssm:StartSession action'
      expect(await starting(jsonError('AccessDeniedException', message, status))).toMatchObject({
        code: 'access-denied',
        message:
          'These credentials may not perform ssm:StartSession on arn:aws:ec2:eu-central-1:123456789012:instance/i-0aa: ' +
          'ask for an IAM policy that allows it.',
      })
    },
  )

  test('access-denied names our action where AWS names none, and says when a policy denies explicitly', async () => {
    expect(await starting(jsonError('AccessDeniedException'))).toMatchObject({
      message: expect.stringContaining('may not perform ssm:StartSession: ask'),
    })
    expect(await identifying(stsError('AccessDenied', 'not authorized with an explicit deny', 403))).toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('sts:GetCallerIdentity (a policy denies it explicitly)'),
    })
  })

  describe('of KMS', () => {
    const key = 'arn:aws:kms:eu-central-1:111122223333:key/abc'
    const asking = async (answer: Answer, kmsKeyId = key): Promise<unknown> => {
      const account = await opened(answer)
      return account.generateDataKey({ kmsKeyId, encryptionContext: {} }, never).catch((error: unknown) => error)
    }

    test('access-denied names kms:GenerateDataKey and the key, by AWS or by us', async () => {
      const message = `User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: kms:GenerateDataKey on resource: ${key} because no identity-based policy allows the kms:GenerateDataKey action`
      for (const answer of [jsonError('AccessDeniedException', message), jsonError('AccessDeniedException')]) {
        expect(await asking(answer)).toMatchObject({
          code: 'access-denied',
          message: `These credentials may not perform kms:GenerateDataKey on ${key}: ask for an IAM policy that allows it.`,
        })
      }
    })

    test.each([
      ['NotFoundException', 'alias/none', /^The KMS key alias\/none does not exist in eu-central-1: check/],
      ['NotFoundException', 'arn:aws:kms:us-east-1:1:key/x', /does not exist in us-east-1: check/],
      ['DisabledException', key, /^The KMS key arn:aws:kms:\S+ is disabled: enable it/],
      ['KMSInvalidStateException', key, /cannot be used now \(pending deletion\): check/],
      ['InvalidKeyUsageException', key, /is not one for encryption/],
    ])('%s of %s is key-denied', async (name, kmsKeyId, words) => {
      expect(await asking(jsonError(name, 'pending deletion'), kmsKeyId)).toMatchObject({
        code: 'key-denied',
        message: expect.stringMatching(words),
      })
    })

    test('an answer without a key of 64 bytes is service', async () => {
      const half = { CiphertextBlob: 'AA==', Plaintext: Buffer.alloc(32).toString('base64') }
      for (const json of [{}, half]) {
        expect(await asking({ json })).toMatchObject({ code: 'service', message: expect.stringContaining('64 bytes') })
      }
    })

    test("a key's region is its ARN's, and nothing else becomes a part of a host name", () => {
      expect(keyRegion('arn:aws-cn:kms:cn-north-1:1:key/x', 'eu-west-1')).toBe('cn-north-1')
      for (const id of [
        'alias/x',
        'mrk-1',
        'arn:aws:kms::1:key/x',
        'arn:aws:kms:evil.example/:1:key/x',
        'arn:aws:s3:us-east-1:',
      ]) {
        expect(keyRegion(id, 'eu-west-1')).toBe('eu-west-1')
      }
    })
  })

  test("EC2's UnauthorizedOperation is access-denied too, without its encoded message", async () => {
    const error = Object.assign(new Error('You are not authorized. Encoded authorization failure message: xyz'), {
      name: 'UnauthorizedOperation',
    })
    const context = { action: 'ec2:DescribeInstances', region, source: { kind: 'given' } as const }
    expect(await toAppError(error, context)).toMatchObject({
      code: 'access-denied',
      message: 'These credentials may not perform ec2:DescribeInstances: ask for an IAM policy that allows it.',
    })
  })

  test.each([
    ['ExpiredTokenException', 400],
    ['ExpiredTokenException', 403],
    ['ExpiredToken', 403],
    ['UnrecognizedClientException', 400],
    ['UnrecognizedClientException', 403],
    ['InvalidSignatureException', 403],
    ['IncompleteSignatureException', 400],
    ['RequestExpired', 400],
  ])('%s with status %i is credentials-expired', async (code, status) => {
    expect(await starting(jsonError(code, 'The security token is bad.', status))).toMatchObject({
      code: 'credentials-expired',
    })
  })

  test.each(['ExpiredToken', 'InvalidClientTokenId', 'SignatureDoesNotMatch'])(
    '%s of STS is credentials-expired',
    async (code) => {
      expect(await identifying(stsError(code, 'no', 403))).toMatchObject({ code: 'credentials-expired' })
    },
  )

  test('a code with a namespace, or in a header only, is read', async () => {
    expect(await starting(jsonError('com.amazonaws.ssm#TargetNotConnected'))).toMatchObject({ code: 'agent-offline' })
    const inHeader = { json: {}, status: 400, headers: { 'x-amzn-errortype': 'TargetNotConnected:http://internal/' } }
    expect(await starting(inHeader)).toMatchObject({ code: 'agent-offline' })
  })

  test('an expired signature is clock-skew, by as much as the Date of the answer says', async () => {
    const date = new Date(Date.now() + 47 * 60_000).toUTCString()
    const answer = { ...jsonError('InvalidSignatureException', 'Signature expired: …', 403), headers: { date } }
    expect(await starting(answer)).toMatchObject({
      code: 'clock-skew',
      message: expect.stringMatching(/^This computer's clock is 47 minutes behind AWS: correct the time/),
    })
  })

  test('an expired signature is clock-skew, by as much as its text says where there is no Date to go by', async () => {
    const message =
      'Signature not yet current: 20261122T060000Z is still later than 20261122T031500Z (20261122T030000Z + 15 min.)'
    expect(await identifying(stsError('SignatureDoesNotMatch', message, 403))).toMatchObject({
      code: 'clock-skew',
      message: expect.stringContaining('is 3 hours ahead of AWS'),
    })
  })

  test('RequestExpired is clock-skew where the clock is wrong: EC2 says the same of keys that have expired', async () => {
    const date = new Date(Date.now() - 20 * 60_000).toUTCString()
    expect(await starting({ ...jsonError('RequestExpired', 'Request has expired.'), headers: { date } })).toMatchObject(
      {
        code: 'clock-skew',
        message: expect.stringContaining('is 20 minutes ahead of AWS'),
      },
    )
  })

  test.each([400, 403])('DoesNotExistException of a resume with status %i is session-gone', async (status) => {
    const account = await opened(jsonError('DoesNotExistException', 'gone', status))
    await expect(account.resumeSession('s-1', never)).rejects.toMatchObject({ code: 'session-gone' })
  })

  test.each(['RequestTimeTooSkewed'])('%s is clock-skew even when nobody says by how much', async (code) => {
    expect(await starting(jsonError(code))).toMatchObject({
      code: 'clock-skew',
      message: expect.stringContaining('by more than it allows'),
    })
  })

  test('InvalidDocument is document-missing, naming the document', async () => {
    expect(await starting(jsonError('InvalidDocument'), 'My-Doc')).toMatchObject({
      code: 'document-missing',
      message: expect.stringContaining('My-Doc does not exist in eu-central-1'),
    })
  })

  test('ThrottlingException is throttled, after three attempts', async () => {
    const standIn = await startStandIn(() => jsonError('ThrottlingException', 'Rate exceeded'))
    onTestFinished(() => standIn[Symbol.asyncDispose]())
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 's' }
    const account = await openAccount({ region, endpointUrl: standIn.url, credentials, env: {} })
    onTestFinished(() => account[Symbol.asyncDispose]())
    await expect(account.startSession({ target: 'i-0aa' }, never)).rejects.toMatchObject({ code: 'throttled' })
    expect(standIn.asked).toHaveLength(3)
  })

  test('a fault of the service is service, with its name, after three attempts', async () => {
    expect(await starting(jsonError('InternalServerError', 'oops', 500))).toMatchObject({
      code: 'service',
      message: 'AWS answered ssm:StartSession with InternalServerError (oops): try again later.',
    })
  })

  test('a request that AWS finds malformed is usage, in the words of AWS without control characters', async () => {
    const answer = jsonError('ValidationException', `bad\u001b[31m\nportNumber`)
    expect(await starting(answer)).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('(bad [31m portNumber)'),
    })
  })

  test('a region that the account has not enabled is wrong-region', async () => {
    expect(await identifying(stsError('RegionDisabledException', 'no', 403))).toMatchObject({ code: 'wrong-region' })
  })

  test('something that is not AWS is service, pointing at the endpoint', async () => {
    expect(await starting({ xml: '<html>hello</html>', status: 200 })).toMatchObject({
      code: 'service',
      message: expect.stringContaining('check the endpoint'),
    })
  })

  test('a session that StartSession does not describe is service', async () => {
    expect(await starting({ json: { SessionId: 's' } })).toMatchObject({ code: 'service' })
  })
})

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
