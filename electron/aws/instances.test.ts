import { describe, expect, test } from 'vitest'
import { describeTarget, mergeInstances } from './instances'

describe('the merge of EC2 and Systems Manager', () => {
  const machine = {
    InstanceId: 'i-1',
    State: { Name: 'running' as const },
    Tags: [
      { Key: 'Name', Value: 'web' },
      { Key: 'Env', Value: 'prod' },
    ],
    PrivateIpAddress: '10.0.0.1',
  }
  const node = {
    InstanceId: 'i-1',
    PingStatus: 'Online' as const,
    AgentVersion: '3.3.0.0',
    PlatformType: 'Linux' as const,
    ComputerName: 'ip-10-0-0-1',
    IPAddress: '10.0.0.9',
  }

  test('takes names, tags, state and address from EC2 and the agent from Systems Manager', () => {
    expect(mergeInstances([machine], [node])).toEqual([
      {
        id: 'i-1',
        kind: 'ec2',
        name: 'web',
        tags: { Name: 'web', Env: 'prod' },
        platform: 'linux',
        state: 'running',
        agent: { kind: 'online' },
        agentVersion: '3.3.0.0',
        privateIp: '10.0.0.1',
        instanceProfile: '',
      },
    ])
  })

  test('keeps the name of an instance profile, and tells "none" from "not told by EC2"', async () => {
    const profileOf = async (IamInstanceProfile: object) => {
      const Instances = [{ InstanceId: 'i-1', IamInstanceProfile }]
      const ec2 = () => Promise.resolve({ Reservations: [{ Instances }], $metadata: {} })
      const found = await describeTarget('i-1', ec2, () => Promise.resolve({ $metadata: {} }))
      return found!.instanceProfile
    }
    expect(await profileOf({ Arn: 'arn:aws:iam::123456789012:instance-profile/web' })).toBe('web')
    expect(await profileOf({ Arn: 'arn:aws:iam::123456789012:instance-profile/team/a/web' })).toBe('web')
    expect(await profileOf({ Id: 'AIPAEXAMPLE' })).toBe('AIPAEXAMPLE')
    expect(await profileOf({})).toBe('')
    expect(mergeInstances([machine], [node])[0]).toMatchObject({ instanceProfile: '' })
    expect(mergeInstances(undefined, [node])[0]).not.toHaveProperty('instanceProfile')
  })

  test('tells when EC2 launched a machine, and when a node without a machine was registered', () => {
    const registered = { ...node, RegistrationDate: new Date(7) }
    const launched = { ...machine, LaunchTime: new Date(5) }
    expect(mergeInstances([launched], [registered])[0]).toMatchObject({ launchedAt: 5 })
    expect(mergeInstances([], [registered])[0]).toMatchObject({ launchedAt: 7 })
    expect(mergeInstances([machine], [registered])[0]).not.toHaveProperty('launchedAt')
  })

  test('shows a machine without an agent as unmanaged and one that lost its agent as offline since', () => {
    const lost = { ...node, InstanceId: 'i-2', PingStatus: 'ConnectionLost' as const, LastPingDateTime: new Date(5) }
    const list = mergeInstances([machine, { InstanceId: 'i-2', State: { Name: 'stopped' } }], [lost])
    expect(list.map(({ id, agent, state }) => [id, agent, state])).toEqual([
      ['i-2', { kind: 'offline', lastPingAt: 5 }, 'stopped'],
      ['i-1', { kind: 'unmanaged' }, 'running'],
    ])
  })

  test('names a hybrid node by its registration, else by its computer', () => {
    const hybrid = {
      InstanceId: 'mi-1',
      PingStatus: 'Online' as const,
      PlatformType: 'Windows' as const,
      ComputerName: 'PC7',
    }
    const [instance] = mergeInstances([], [hybrid])
    expect(instance).toMatchObject({ id: 'mi-1', kind: 'hybrid', name: 'PC7', state: 'running', platform: 'windows' })
    expect(mergeInstances([], [{ ...hybrid, Name: 'till-7' }])[0]!.name).toBe('till-7')
  })

  test('leaves out terminated machines and the nodes that they left behind, but no node that answers', () => {
    const gone = { ...machine, InstanceId: 'i-3', State: { Name: 'terminated' as const } }
    const nodes = [
      { InstanceId: 'i-3', PingStatus: 'ConnectionLost' as const },
      { InstanceId: 'i-4', PingStatus: 'ConnectionLost' as const },
      { InstanceId: 'i-5', PingStatus: 'Online' as const },
    ]
    expect(mergeInstances([gone], nodes).map(({ id }) => id)).toEqual(['i-5'])
    expect(mergeInstances(undefined, nodes)).toHaveLength(3)
  })

  test('sorts by name, then id', () => {
    const named = (id: string, name: string) => ({ InstanceId: id, Tags: [{ Key: 'Name', Value: name }] })
    const list = mergeInstances([named('i-3', 'b'), named('i-2', 'a'), named('i-1', 'b')], undefined)
    expect(list.map(({ id }) => id)).toEqual(['i-2', 'i-1', 'i-3'])
  })

  test('tells Windows and Mac machines without an agent apart', () => {
    const list = mergeInstances(
      [
        { InstanceId: 'i-1', Platform: 'Windows' },
        { InstanceId: 'i-2', InstanceType: 'mac2.metal' },
        { InstanceId: 'i-3' },
      ],
      [],
    )
    expect(list.map(({ platform }) => platform)).toEqual(['windows', 'macos', 'linux'])
  })
})
