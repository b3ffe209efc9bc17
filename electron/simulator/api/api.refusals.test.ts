// What the API of the simulator refuses, by the clients of the SDK: credentials, and faults that a test injects.

import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  GetConnectionStatusCommand,
  GetDocumentCommand,
  ResumeSessionCommand,
  SSMClient,
  StartSessionCommand,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { signNaively } from '../../../e2e/kit/wire/naiveclient'
import { clientOptions, ec2, named, rejected, simulator, ssm, stageClients, sts } from './api.kit'

stageClients()

describe('credentials', () => {
  const wrong = [
    [
      'an unknown key',
      { accessKeyId: 'ASIAOTHER' },
      ['UnrecognizedClientException', 'AuthFailure', 'InvalidClientTokenId'],
    ],
    [
      'a wrong secret',
      { secretAccessKey: 'x' },
      ['InvalidSignatureException', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch'],
    ],
    ['a wrong token', { sessionToken: 'x' }, ['UnrecognizedClientException', 'AuthFailure', 'InvalidClientTokenId']],
  ] as const

  test.each(wrong)('%s is refused by every service in its own words', async (_, change, names) => {
    const options = { ...clientOptions(simulator), credentials: { ...simulator.credentials, ...change } }
    const calls = [
      () => new SSMClient(options).send(new GetDocumentCommand({ Name: 'x' })),
      () => new EC2Client(options).send(new DescribeInstancesCommand({})),
      () => new STSClient(options).send(new GetCallerIdentityCommand({})),
    ]
    const seen = []
    for (const call of calls) seen.push((await rejected(call())).name)
    expect(seen).toEqual(names)
  })

  test('a clock that is off is told as such', async () => {
    const slow = new SSMClient({ ...clientOptions(simulator), systemClockOffset: -600_000 })
    const refused = await rejected(slow.send(new GetDocumentCommand({ Name: 'x' })))
    expect(refused.name).toBe('InvalidSignatureException')
    expect(refused.message).toMatch(/^Signature expired: /)
    slow.destroy()
  })

  test('a signature for another service is worth nothing', async () => {
    const url = new URL(`${simulator.endpointUrl}/`)
    const body = JSON.stringify({ Name: 'SSM-SessionManagerRunShell' })
    const call = async (service: string) => {
      const headers = {
        ...signNaively(simulator, { method: 'POST', url, service, body }),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.GetDocument',
      }
      return (await fetch(url, { method: 'POST', body, headers })).text()
    }
    expect(await call('ssm')).toContain('"Status":"Active"')
    expect(await call('ec2')).toContain('"__type":"InvalidSignatureException"')
  })
})

describe('injections', () => {
  test('one call fails as told, and the next one does not', async () => {
    const { id: target } = named('web-2')[0]!
    simulator.failNext('GetConnectionStatus', { code: 'ExpiredTokenException', status: 403, message: 'gone' })
    simulator.failNext('GetConnectionStatus', { code: 'ThrottlingException' })
    const call = () => ssm.send(new GetConnectionStatusCommand({ Target: target }))
    expect(await rejected(call())).toEqual({ name: 'ExpiredTokenException', status: 403, message: 'gone' })
    expect(await rejected(call())).toMatchObject({ name: 'ThrottlingException', status: 400 })
    expect((await call()).Status).toBe('connected')
  })

  test('a fault is worded as EC2 and STS word it', async () => {
    simulator.failNext('DescribeInstances', { code: 'UnauthorizedOperation', status: 403 })
    expect(await rejected(ec2.send(new DescribeInstancesCommand({})))).toMatchObject({
      name: 'UnauthorizedOperation',
      status: 403,
    })
    simulator.failNext('*', { code: 'ExpiredToken', status: 403 })
    expect((await rejected(sts.send(new GetCallerIdentityCommand({})))).name).toMatch(/^ExpiredToken/)
  })

  test('a resume may come without a token, and late', async () => {
    const { SessionId } = await ssm.send(new StartSessionCommand({ Target: named('web-2')[0]!.id }))
    simulator.omitNextToken()
    expect((await ssm.send(new ResumeSessionCommand({ SessionId }))).TokenValue).toBeUndefined()
    void simulator.delayNext('ResumeSession', 60)
    const before = performance.now()
    expect((await ssm.send(new ResumeSessionCommand({ SessionId }))).TokenValue).toBeDefined()
    expect(performance.now() - before).toBeGreaterThan(50)
    await ssm.send(new TerminateSessionCommand({ SessionId }))
  })
})

test('an allowed dry run of EC2 is refused with DryRunOperation, and describes nothing', async () => {
  const refusal = await rejected(ec2.send(new DescribeInstancesCommand({ DryRun: true })))
  expect(refusal).toMatchObject({ name: 'DryRunOperation', status: 412 })
})
