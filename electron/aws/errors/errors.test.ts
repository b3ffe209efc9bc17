// The answers of AWS as errors of ours, by code.

import { describe, expect, onTestFinished, test } from 'vitest'
import { openAccount } from '../account'
import type { Account } from '../parts'
import { toAppError } from './errors'
import { keyRegion } from '../kms'
import { jsonError, startStandIn, stsError, type Answer } from '../../../e2e/kit/aws/awsstandin'
import { never, region } from './errors.kit'

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

  test('UnrecognizedClientException may also mean the region', async () => {
    const message = (code: string) => starting(jsonError(code, 'bad token')).then((error) => String(error))
    expect(await message('UnrecognizedClientException')).toMatch(
      new RegExp(
        `If they work in other regions, ${region} is not enabled for this account or belongs to another partition`,
      ),
    )
    expect(await message('ExpiredTokenException')).not.toContain('partition')
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
