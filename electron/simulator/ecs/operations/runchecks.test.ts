// What RunTask refuses, in the words of AWS: one wrong field at a time, by the SDK.

import { RegisterTaskDefinitionCommand, RunTaskCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs'
import { describe, expect, test } from 'vitest'
import { awaited, commanded, described, ecs, hasAgents, ORDERS, run, simulator, stageEcs } from '../ecs.kit'

stageEcs({ clock: { minuteMs: 600 } })

const refused = (request: Partial<RunTaskCommandInput>) =>
  ecs.send(new RunTaskCommand({ ...ORDERS, ...request })).then(
    () => 'started',
    (error: Error) => `${error.name}: ${error.message}`,
  )

const ofLength = (length: number) => commanded('x'.repeat(length - JSON.stringify(commanded('')).length))

const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: '' }))

test.each<[string, Partial<RunTaskCommandInput>, string]>([
  ['an unknown cluster', { cluster: 'nowhere' }, 'ClusterNotFoundException: Cluster not found.'],
  ['an unknown definition', { taskDefinition: 'nothing:3' }, 'ClientException: TaskDefinition not found.'],
  ['overrides of 8,193 characters', { overrides: ofLength(8_193) }, 'length must be at most 8192'],
  ['an unknown container', { overrides: { containerOverrides: [{ name: 'web' }] } }, 'named web is not a container'],
  ['a size that Fargate has not', { overrides: { cpu: '256', memory: '4096' } }, '256 CPU, 4096 memory'],
  [
    'a container larger than its task',
    { overrides: { containerOverrides: [{ name: 'app', memory: 3_000 }] } },
    "The 'memory' setting for container is greater than for the task.",
  ],
  [
    'a sidecar that has no room left',
    { taskDefinition: 'storefront-web', overrides: { containerOverrides: [{ name: 'app', memory: 900 }] } },
    'reserve more memory than the task has',
  ],
  ['no network', { networkConfiguration: undefined }, 'Network Configuration must be provided'],
  [
    'a launch type and a strategy',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
    'Specifying both a launch type and capacity provider strategy is not supported.',
  ],
  [
    'an unknown capacity provider',
    { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'mine' }] },
    'not associated with the cluster',
  ],
  [
    'a platform version on EC2',
    { taskDefinition: 'search-indexer', launchType: 'EC2', platformVersion: '1.4.0' },
    'The platform version must be null when specifying an EC2 launch type.',
  ],
  ['a platform that is too old for exec', { platformVersion: '1.3.0' }, 'must be 1.4.0 or later'],
  ['an unknown platform', { platformVersion: '9.9' }, 'PlatformUnknownException'],
  ['Fargate for a definition of EC2', { taskDefinition: 'search-indexer' }, 'does not support launch_type FARGATE'],
  ['11 tasks', { count: 11 }, 'Count must be between 1 and 10.'],
  ['a long startedBy', { startedBy: 'x'.repeat(129) }, 'startedBy'],
  ['a tag of AWS', { tags: [{ key: 'aws:x', value: '' }] }, 'reserved'],
  ['a tag twice', { tags: [{ key: 'a' }, { key: 'a' }] }, 'Duplicate tag keys'],
  ['51 tags', { tags: many(51) }, 'more than 50 tags'],
  ['a long tag', { tags: [{ key: 'a', value: 'x'.repeat(257) }] }, 'Tag values'],
  ['a group of a service', { group: 'service:orders-api' }, 'Group must not begin with service:'],
])('%s is refused', async (_, request, words) => {
  expect(await refused(request)).toContain(words)
})

describe('what a definition asks for', () => {
  const base = {
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'storefront' }],
  } as const

  test('exec needs a task role', async () => {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...base,
        requiresCompatibilities: ['FARGATE'],
        containerDefinitions: [...base.containerDefinitions],
        family: 'no-role',
      }),
    )
    expect(await refused({ taskDefinition: 'no-role' })).toContain('a valid taskRoleArn is not being used')
    expect(await refused({ taskDefinition: 'no-role', enableExecuteCommand: false })).toBe('started')
  })

  test('overrides of 8,192 characters are taken', async () => {
    expect(await refused({ overrides: ofLength(8_192), enableExecuteCommand: false })).toBe('started')
  })

  test('a volume that is configured at launch has to be configured', async () => {
    const volumes = [{ name: 'scratch', configuredAtLaunch: true }]
    const taskRoleArn = 'arn:aws:iam::111122223333:role/demo-task'
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...base,
        requiresCompatibilities: ['FARGATE'],
        containerDefinitions: [...base.containerDefinitions],
        family: 'scratch',
        taskRoleArn,
        volumes,
      }),
    )
    expect(await refused({ taskDefinition: 'scratch' })).toContain("The volume 'scratch' is configured at launch")
    const volumeConfigurations = [{ name: 'scratch', managedEBSVolume: { roleArn: taskRoleArn, sizeInGiB: 10 } }]
    expect(await refused({ taskDefinition: 'scratch', volumeConfigurations })).toBe('started')
    expect(await refused({ volumeConfigurations })).toContain('is not configured at launch')
  })
})

test('a client token starts its task once, and refuses another request', async () => {
  const clientToken = 'once'
  const first = await run({ clientToken })
  expect(await run({ clientToken })).toBe(first)
  expect(await refused({ clientToken, startedBy: 'somebody' })).toContain('ConflictException')
  await awaited(first, hasAgents)
})

test('a task is described with its overrides and tags', async () => {
  const id = await run({
    startedBy: 'culvert-ephemeral',
    tags: [{ key: 'culvert:operation', value: '42' }],
    overrides: { cpu: '1024', memory: '3072', ...commanded('sleep', '1000') },
  })
  expect(await described(id)).toMatchObject({
    startedBy: 'culvert-ephemeral',
    cpu: '1024',
    memory: '3072',
    group: 'family:orders-api',
    tags: [{ key: 'culvert:operation', value: '42' }],
    overrides: { cpu: '1024', containerOverrides: [{ name: 'app', command: ['sleep', '1000'] }] },
  })
})

describe('by order', () => {
  test('there is no capacity, which a good answer tells', async () => {
    simulator.faults.apply({ kind: 'fail-run-task', how: 'capacity' })
    const { tasks, failures } = await ecs.send(new RunTaskCommand(ORDERS))
    expect(tasks).toEqual([])
    expect(failures![0]!.reason).toContain('Capacity is unavailable at this time')
  })

  test('an image is not found', async () => {
    simulator.faults.apply({ kind: 'fail-run-task', how: 'pull' })
    const ended = await awaited(await run(), ({ lastStatus }) => lastStatus === 'STOPPED')
    expect(ended).toMatchObject({ stopCode: 'TaskFailedToStart', containers: [{ lastStatus: 'STOPPED' }] })
    expect(ended.stoppedReason).toContain('CannotPullContainerError')
  })

  test('the exec agent never runs', async () => {
    simulator.faults.apply({ kind: 'fail-run-task', how: 'agent' })
    const task = await awaited(
      await run(),
      ({ containers }) => containers![0]!.managedAgents![0]!.lastStatus === 'STOPPED',
    )
    expect(task).toMatchObject({ lastStatus: 'RUNNING' })
  })
})

test('the one container instance has memory for so many tasks', async () => {
  const request = { ...ORDERS, taskDefinition: 'search-indexer', launchType: 'EC2' } as const
  const reasons: unknown[] = []
  for (let index = 0; index < 3; index += 1) {
    const { failures } = await ecs.send(new RunTaskCommand(request))
    reasons.push(failures![0]?.reason)
  }
  expect(reasons).toEqual([undefined, undefined, 'RESOURCE:MEMORY'])
  expect(await refused({ ...request, cluster: 'demo-staging' })).toContain('No Container Instances were found')
})
