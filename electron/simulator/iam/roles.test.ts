// STS and policies of the simulated account, asked by AWS's own SDK over real sockets.

import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { KMSClient, GenerateDataKeyCommand } from '@aws-sdk/client-kms'
import {
  GetDocumentCommand,
  ResumeSessionCommand,
  SSMClient,
  StartSessionCommand,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm'
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'
import type { StatementInput } from './policy'

const OPS = 'arn:aws:iam::111122223333:role/ops'
const BASE = { accessKeyId: 'BASE', secretAccessKey: 's' }
const mfa = { serial: 'arn:aws:iam::111122223333:mfa/ann', code: '246810' }
const everything: StatementInput = { effect: 'allow', actions: ['*'] }
const ownSessions = 'arn:aws:ssm:*:*:session/${aws:userid}-*'

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

let simulator: Simulator
const begin = async (options: SimulatorOptions = {}): Promise<void> => {
  await simulator[Symbol.asyncDispose]()
  simulator = await startSimulator(options)
}
beforeEach(async () => {
  simulator = await startSimulator({ roles: { ops: {} } })
})
afterEach(() => simulator[Symbol.asyncDispose]())

const by = (credentials: Keys = simulator.credentials) => ({
  endpoint: simulator.endpointUrl,
  region: simulator.region,
  credentials,
  maxAttempts: 1,
})
const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: Error) => `${error.name}: ${error.message}`,
  )

async function assume(RoleSessionName: string, more: Partial<Keys & { DurationSeconds: number }> = {}): Promise<Keys> {
  const { DurationSeconds, ...keys } = more
  const sts = new STSClient(by(keys.accessKeyId === undefined ? simulator.credentials : { ...BASE, ...keys }))
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: OPS, RoleSessionName, DurationSeconds }))
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  }
}

const startedBy = async (keys: Keys): Promise<string> => {
  const { id } = simulator.world.instances[0]!
  return (await new SSMClient(by(keys)).send(new StartSessionCommand({ Target: id }))).SessionId!
}

test('keys of a role are those of its RoleSessionName: identity, session ids and the record tell it', async () => {
  const keys = await assume('culvert-ann')
  const identity = await new STSClient(by(keys)).send(new GetCallerIdentityCommand({}))
  expect(identity.Arn).toBe('arn:aws:sts::111122223333:assumed-role/ops/culvert-ann')
  expect(identity.UserId).toMatch(/^AROA[A-Z0-9]+:culvert-ann$/)
  expect(await startedBy(keys)).toMatch(/^culvert-ann-[a-z0-9]{17,26}$/)
  expect(simulator.assumed).toEqual([
    { role: 'ops', sessionName: 'culvert-ann', code: undefined, accessKeyId: keys.accessKeyId },
  ])
})

test('keys of a role end on their own, and others of it go on', async () => {
  await begin({ roles: { ops: { lifetimeMs: 1 } } })
  const keys = await assume('ann')
  const identity = (one: Keys) => outcome(new STSClient(by(one)).send(new GetCallerIdentityCommand({})))
  await expect.poll(() => identity(keys)).toContain('ExpiredToken: ')
  expect(await identity(simulator.credentials)).toBe('done')
})

test.each([
  ['a name with a space', { RoleSessionName: 'a b' }, 'ValidationError'],
  ['a name of one letter', { RoleSessionName: 'a' }, 'ValidationError'],
  ['less than 15 minutes', { RoleSessionName: 'ann', DurationSeconds: 899 }, 'ValidationError'],
  ['more than an hour by a role', { RoleSessionName: 'ann', DurationSeconds: 3_601 }, 'role chaining'],
  ['a role that is not there', { RoleSessionName: 'ann', RoleArn: `${OPS}-2` }, 'AccessDenied: '],
])('%s is refused', async (_, change, said) => {
  const sts = new STSClient(by())
  expect(await outcome(sts.send(new AssumeRoleCommand({ RoleArn: OPS, ...change })))).toContain(said)
})

test('a role wants its second factor, and a web identity its token', async () => {
  await begin({ users: [{ name: 'ann', ...BASE }], roles: { ops: { mfa, webIdentityToken: 'right' } } })
  const sts = new STSClient(by(BASE))
  const request = { RoleArn: OPS, RoleSessionName: 'ann' }
  const ask = (more: object) => outcome(sts.send(new AssumeRoleCommand({ ...request, ...more })))
  expect(await ask({})).toContain('AccessDenied: User: arn:aws:iam::111122223333:user/ann is not authorized')
  expect(await ask({ SerialNumber: mfa.serial, TokenCode: '000000' })).toContain('MultiFactorAuthentication failed')
  expect(await ask({ SerialNumber: mfa.serial, TokenCode: mfa.code, DurationSeconds: 43_200 })).toBe('done')
  const byToken = (WebIdentityToken: string) =>
    outcome(sts.send(new AssumeRoleWithWebIdentityCommand({ ...request, WebIdentityToken })))
  expect(await byToken('wrong')).toContain('InvalidIdentityToken')
  expect(await byToken('right')).toBe('done')
  expect(simulator.assumed.map(({ code, accessKeyId }) => [code, accessKeyId !== undefined])).toEqual([
    [undefined, false],
    ['000000', false],
    [mfa.code, true],
    [undefined, false],
    [undefined, true],
  ])
})

test('a policy of own sessions lets a role resume them after a renewal under the same name, and not under another', async () => {
  await begin({
    roles: { ops: {} },
    policies: {
      ops: [
        { effect: 'allow', actions: ['ssm:StartSession'] },
        { effect: 'allow', actions: ['ssm:ResumeSession', 'ssm:TerminateSession'], resources: [ownSessions] },
      ],
    },
  })
  const SessionId = await startedBy(await assume('culvert-ann'))
  const resumeBy = (keys: Keys) => outcome(new SSMClient(by(keys)).send(new ResumeSessionCommand({ SessionId })))
  expect(await resumeBy(await assume('culvert-ann'))).toBe('done')
  expect(await resumeBy(await assume('aws-sdk-js-1'))).toBe(
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/ops/aws-sdk-js-1 is not authorized to perform: ' +
      `ssm:ResumeSession on resource: arn:aws:ssm:eu-west-1:111122223333:session/${SessionId} because no identity-based ` +
      'policy allows the ssm:ResumeSession action',
  )
})

test('every call is judged by the policy of its caller, but for GetCallerIdentity; an order changes it', async () => {
  const { keys } = simulator
  const ssm = new SSMClient(by())
  const sts = new STSClient(by())
  const SessionId = await startedBy(simulator.credentials)
  const calls = {
    document: () => ssm.send(new GetDocumentCommand({ Name: 'SSM-SessionManagerRunShell' })),
    ec2: () => new EC2Client(by()).send(new DescribeInstancesCommand({})),
    kms: () => new KMSClient(by()).send(new GenerateDataKeyCommand({ KeyId: keys.keyArn, NumberOfBytes: 64 })),
    identity: () => sts.send(new GetCallerIdentityCommand({})),
    role: () => sts.send(new AssumeRoleCommand({ RoleArn: OPS, RoleSessionName: 'ann' })),
    end: () => ssm.send(new TerminateSessionCommand({ SessionId })),
  }
  const told = async (): Promise<Record<string, string>> => {
    const entries = []
    for (const [name, call] of Object.entries(calls)) entries.push([name, (await outcome(call())).replace(/:.*/s, '')])
    return Object.fromEntries(entries) as Record<string, string>
  }
  simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements: [] })
  expect(await told()).toEqual({
    document: 'AccessDeniedException',
    ec2: 'UnauthorizedOperation',
    kms: 'AccessDeniedException',
    identity: 'done',
    role: 'AccessDenied',
    end: 'AccessDeniedException',
  })
  simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements: [everything] })
  expect(new Set(Object.values(await told()))).toEqual(new Set(['done']))
})
