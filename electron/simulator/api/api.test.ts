// The API of the simulator by the clients of the SDK: the Demo world, EC2, SSM and STS.

import { DescribeInstancesCommand, paginateDescribeInstances } from '@aws-sdk/client-ec2'
import {
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandInput,
  DescribeSessionsCommand,
  GetConnectionStatusCommand,
  GetDocumentCommand,
  ListTagsForResourceCommand,
  ResumeSessionCommand,
  StartSessionCommand,
  TerminateSessionCommand,
  paginateDescribeInstanceInformation,
} from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { ec2, named, rejected, simulator, ssm, stageClients, sts } from './api.kit'

stageClients()

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
      IamInstanceProfile: { Arn: `arn:aws:iam::111122223333:instance-profile/${windows.instanceProfile}` },
    })
    const [bare] = named('cache-warmer')
    const { Reservations: found } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [bare!.id] }))
    expect(found?.[0]?.Instances?.[0]).not.toHaveProperty('IamInstanceProfile')
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
    [{ Filters: [{ Name: 'tag:', Values: ['x'] }] }, 'InvalidParameterValue'],
    [{ Filters: [{ Name: 'tag:Env', Values: ['x'.repeat(256)] }] }, 'InvalidParameterValue'],
    [{ Filters: [{ Name: 'tag:Env', Values: Array.from({ length: 201 }, () => 'x') }] }, 'FilterLimitExceeded'],
    [{ Filters: Array.from({ length: 51 }, () => ({ Name: 'tag:Env', Values: ['x'] })) }, 'FilterLimitExceeded'],
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
    // AWS promises no order.
    const listed = [...(page.Sessions ?? []), ...(rest.Sessions ?? [])]
    expect(started.map(({ SessionId }) => listed.find((each) => each.SessionId === SessionId))).toMatchObject([
      {
        SessionId: first?.SessionId,
        Status: 'Connecting',
        Reason: 'a test',
        DocumentName: 'SSM-SessionManagerRunShell',
      },
      { SessionId: second?.SessionId, Status: 'Connecting' },
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
