import { DescribeInstancesCommand, EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2'
import {
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandInput,
  DescribeSessionsCommand,
  GetConnectionStatusCommand,
  GetDocumentCommand,
  ListTagsForResourceCommand,
  ResumeSessionCommand,
  SSMClient,
  StartSessionCommand,
  TerminateSessionCommand,
  paginateDescribeInstanceInformation,
} from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signNaively } from '../../../e2e/kit/naiveclient'
import { startSimulator, type Simulator } from '../simulator'

let simulator: Simulator
let ssm: SSMClient
let ec2: EC2Client
let sts: STSClient

const clientOptions = (one: Simulator) => ({
  endpoint: one.endpointUrl,
  region: one.region,
  credentials: one.credentials,
  maxAttempts: 1,
})

beforeAll(async () => {
  simulator = await startSimulator({ instances: 120, shellDelayMs: 0 })
  ssm = new SSMClient(clientOptions(simulator))
  ec2 = new EC2Client(clientOptions(simulator))
  sts = new STSClient(clientOptions(simulator))
})

afterAll(async () => {
  for (const client of [ssm, ec2, sts]) client.destroy()
  await simulator[Symbol.asyncDispose]()
})

const named = (name: string) => simulator.world.instances.filter(({ tags }) => tags['Name'] === name)
const rejected = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ name: 'nothing', message: '', status: 0 }),
    (error: { name: string; message: string; $metadata?: { httpStatusCode?: number } }) => ({
      name: error.name,
      message: error.message,
      status: error.$metadata?.httpStatusCode,
    }),
  )

describe('the Demo world', () => {
  test('has what the issue asks of it', () => {
    const world = simulator.world.instances.slice(0, -120)
    const count = (is: (one: (typeof world)[number]) => boolean) => world.filter(is).length
    expect(world.length).toBeGreaterThanOrEqual(12)
    expect(new Set(world.map(({ tags }) => tags['Env']))).toEqual(new Set(['production', 'staging']))
    expect(world.every(({ tags }) => tags['Name'] && tags['Role'] && tags['Team'])).toBe(true)
    expect(count(({ platform }) => platform === 'Windows')).toBeGreaterThan(0)
    expect(count(({ state }) => state === 'stopped')).toBe(1)
    expect(count(({ pingStatus }) => pingStatus === 'ConnectionLost')).toBe(1)
    expect(count(({ kind, id }) => kind === 'hybrid' && id.startsWith('mi-'))).toBe(1)
    expect(count(({ agentVersion }) => agentVersion === '3.0.150.0')).toBe(1)
    expect(named('web-1')).toHaveLength(2)
    expect(new Set(simulator.world.instances.map(({ id }) => id)).size).toBe(simulator.world.instances.length)
    expect(new Set(simulator.world.instances.map(({ privateIp }) => privateIp)).size).toBe(
      simulator.world.instances.length,
    )
  })
})

describe('EC2', () => {
  test('lists every EC2 instance over several pages, each once', async () => {
    const pages = paginateDescribeInstances({ client: ec2, pageSize: 50 }, {})
    const ids: string[] = []
    let count = 0
    for await (const page of pages) {
      count += 1
      for (const reservation of page.Reservations ?? []) {
        for (const instance of reservation.Instances ?? []) ids.push(instance.InstanceId!)
      }
    }
    expect(count).toBe(3)
    expect(ids).toEqual(simulator.world.instances.filter(({ kind }) => kind === 'ec2').map(({ id }) => id))
  })

  test('tells an instance as EC2 does', async () => {
    const windows = simulator.world.instances.find(({ platform }) => platform === 'Windows')!
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [windows.id] }))
    expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
      InstanceId: windows.id,
      State: { Name: 'running', Code: 16 },
      Platform: 'windows',
      PrivateIpAddress: windows.privateIp,
      Tags: expect.arrayContaining([{ Key: 'Name', Value: windows.tags['Name'] }]) as unknown,
      LaunchTime: new Date(windows.launchedAt),
    })
  })

  test.each([
    [
      [
        { Name: 'tag:Env', Values: ['staging'] },
        { Name: 'tag:Role', Values: ['web'] },
      ],
      ['web-1'],
    ],
    [[{ Name: 'instance-state-name', Values: ['stopped'] }], ['load-generator']],
    [[{ Name: 'tag:Name', Values: ['orders-db-*'] }], ['orders-db-bastion', 'orders-db-bastion-staging']],
  ])('filters by %j', async (Filters, names) => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters }))
    const found = Reservations?.flatMap(({ Instances }) => Instances ?? []) ?? []
    expect(found.map(({ Tags }) => Tags?.find(({ Key }) => Key === 'Name')?.Value)).toEqual(names)
  })

  test.each([
    [{ InstanceIds: ['i-0123456789abcdef0'] }, 'InvalidInstanceID.NotFound'],
    [{ InstanceIds: ['web-1'] }, 'InvalidInstanceID.Malformed'],
    [{ Filters: [{ Name: 'no-such-filter', Values: ['x'] }] }, 'InvalidParameterValue'],
    [{ MaxResults: 1 }, 'InvalidParameterValue'],
    [{ NextToken: 'made-up' }, 'InvalidParameterValue'],
  ])('refuses %j with %s', async (input, name) => {
    expect(await rejected(ec2.send(new DescribeInstancesCommand(input)))).toMatchObject({ name, status: 400 })
  })
})

describe('SSM', () => {
  test('lists managed nodes over several pages: hybrid ones too, stopped ones not', async () => {
    const nodes = []
    let count = 0
    for await (const page of paginateDescribeInstanceInformation({ client: ssm, pageSize: 50 }, {})) {
      count += 1
      nodes.push(...(page.InstanceInformationList ?? []))
    }
    expect(count).toBe(3)
    expect(nodes).toHaveLength(simulator.world.instances.length - 1)
    expect(nodes.find(({ InstanceId }) => InstanceId?.startsWith('mi-'))).toMatchObject({
      ResourceType: 'ManagedInstance',
      Name: 'warehouse-gateway',
      PingStatus: 'Online',
      PlatformType: 'Linux',
    })
    const lost = nodes.filter(({ PingStatus }) => PingStatus === 'ConnectionLost')
    expect(lost.map(({ InstanceId }) => InstanceId)).toEqual(named('search-indexer').map(({ id }) => id))
  })

  test('filters nodes, and refuses unknown keys and made-up tokens', async () => {
    const by = (input: DescribeInstanceInformationCommandInput) =>
      ssm.send(new DescribeInstanceInformationCommand(input))
    const { InstanceInformationList: found } = await by({
      Filters: [{ Key: 'InstanceIds', Values: [named('web-2')[0]!.id] }],
    })
    expect(found?.map(({ ComputerName }) => ComputerName)).toEqual(['web-2.internal'])
    expect(await rejected(by({ Filters: [{ Key: 'Nonsense', Values: ['x'] }] }))).toMatchObject({
      name: 'InvalidFilterKey',
    })
    expect(await rejected(by({ NextToken: 'made-up' }))).toMatchObject({ name: 'InvalidNextToken' })
    expect(await rejected(by({ MaxResults: 4 }))).toMatchObject({ name: 'ValidationException' })
  })

  test('knows the tags of hybrid nodes, and of nothing else', async () => {
    const [node] = named('warehouse-gateway')
    const tags = (ResourceId: string, ResourceType: 'ManagedInstance' | 'Document' = 'ManagedInstance') =>
      ssm.send(new ListTagsForResourceCommand({ ResourceType, ResourceId }))
    const { TagList } = await tags(node!.id)
    expect(TagList).toEqual(Object.entries(node!.tags).map(([Key, Value]) => ({ Key, Value })))
    expect(await rejected(tags(named('web-2')[0]!.id))).toMatchObject({ name: 'InvalidResourceId', status: 400 })
    expect(await rejected(tags(node!.id, 'Document'))).toMatchObject({ name: 'InvalidResourceType', status: 400 })
  })

  test('a session is active from its start and history after its end, in both id formats', async () => {
    const { id: target } = named('web-2')[0]!
    const started = [
      await ssm.send(new StartSessionCommand({ Target: target, Reason: 'a test' })),
      await ssm.send(new StartSessionCommand({ Target: target })),
    ]
    const [first, second] = started
    expect(first?.SessionId).toMatch(/^demo-operator-[a-z0-9]{26}$/)
    expect(second?.SessionId).toMatch(/^demo-operator-[0-9a-f]{17}$/)
    expect(first?.StreamUrl).toMatch(
      /^ws:\/\/127\.0\.0\.1:\d+\/v1\/data-channel\/[a-z0-9-]+\?role=publish_subscribe&cell-number=\w+\+\w+\/\w+==$/,
    )
    const list = async (State: 'Active' | 'History', MaxResults = 200, NextToken?: string) =>
      ssm.send(
        new DescribeSessionsCommand({
          State,
          MaxResults,
          ...(NextToken === undefined ? {} : { NextToken }),
          Filters: [{ key: 'Target', value: target }],
        }),
      )
    const page = await list('Active', 1)
    const rest = await list('Active', 1, page.NextToken)
    expect([...(page.Sessions ?? []), ...(rest.Sessions ?? [])]).toMatchObject([
      { SessionId: second?.SessionId, Status: 'Connecting' },
      {
        SessionId: first?.SessionId,
        Status: 'Connecting',
        Reason: 'a test',
        DocumentName: 'SSM-SessionManagerRunShell',
      },
    ])
    for (const { SessionId } of started) await ssm.send(new TerminateSessionCommand({ SessionId }))
    expect((await list('Active')).Sessions).toEqual([])
    const ended = (await list('History')).Sessions
    expect(ended?.map(({ Status }) => Status)).toEqual(['Terminated', 'Terminated'])
    expect(ended?.[0]?.EndDate).toBeInstanceOf(Date)
    const gone = await rejected(ssm.send(new ResumeSessionCommand({ SessionId: first?.SessionId })))
    expect(gone).toMatchObject({ name: 'DoesNotExistException', status: 400 })
  })

  test('tokens and addresses are new each time', async () => {
    const started = await ssm.send(new StartSessionCommand({ Target: named('web-2')[0]!.id }))
    const resumed = await ssm.send(new ResumeSessionCommand({ SessionId: started.SessionId }))
    expect(resumed.SessionId).toBe(started.SessionId)
    expect(resumed.TokenValue).not.toBe(started.TokenValue)
    expect(resumed.StreamUrl).not.toBe(started.StreamUrl)
    await ssm.send(new TerminateSessionCommand({ SessionId: started.SessionId }))
  })

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'an offline agent',
      () => ssm.send(new StartSessionCommand({ Target: named('search-indexer')[0]!.id })),
      'TargetNotConnected',
    ],
    [
      'a stopped instance',
      () => ssm.send(new StartSessionCommand({ Target: named('load-generator')[0]!.id })),
      'TargetNotConnected',
    ],
    [
      'an unknown instance',
      () => ssm.send(new StartSessionCommand({ Target: 'i-0123456789abcdef0' })),
      'TargetNotConnected',
    ],
    [
      'an unknown document',
      () => ssm.send(new StartSessionCommand({ Target: named('web-2')[0]!.id, DocumentName: 'No-Such' })),
      'InvalidDocument',
    ],
    [
      'a port that is none',
      () =>
        ssm.send(
          new StartSessionCommand({
            Target: named('web-2')[0]!.id,
            DocumentName: 'AWS-StartPortForwardingSession',
            Parameters: { portNumber: ['99999'] },
          }),
        ),
      'InvalidParameters',
    ],
    [
      'an unknown session',
      () => ssm.send(new TerminateSessionCommand({ SessionId: 'no-such' })),
      'DoesNotExistException',
    ],
  ])('refuses %s', async (_, call, name) => {
    expect(await rejected(call())).toMatchObject({ name, status: 400 })
  })

  test('says who is connected, and what the preferences are', async () => {
    const status = async (target: string) => (await ssm.send(new GetConnectionStatusCommand({ Target: target }))).Status
    expect(await status(named('web-2')[0]!.id)).toBe('connected')
    expect(await status(named('search-indexer')[0]!.id)).toBe('notconnected')
    const { Content } = await ssm.send(new GetDocumentCommand({ Name: 'SSM-SessionManagerRunShell' }))
    expect(JSON.parse(Content ?? '')).toMatchObject({
      sessionType: 'Standard_Stream',
      inputs: { idleSessionTimeout: '20' },
    })
  })
})

describe('STS', () => {
  test('says who the caller is', async () => {
    const identity = await sts.send(new GetCallerIdentityCommand({}))
    expect(identity).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/CulvertDemo/demo-operator',
    })
  })
})

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
