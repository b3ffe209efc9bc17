// Lists and descriptions: their filters, their pages, what is missing. By the SDK.

import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  paginateListServices,
  paginateListTasks,
} from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { commanded, ecs, PRODUCTION, run, simulator, stageEcs } from '../ecs.kit'

stageEcs({ containers: { services: 250, delays: { provisioningMs: 60_000 } } })

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: Error) => `${error.name}: ${error.message}`,
  )
const STAGING = 'demo-staging'

test('lists come in pages, whose tokens are good for their own list only', async () => {
  const arns: string[] = []
  for await (const page of paginateListServices({ client: ecs }, { cluster: STAGING })) {
    expect(page.serviceArns!.length).toBeLessThanOrEqual(10)
    arns.push(...page.serviceArns!)
  }
  expect(new Set(arns).size).toBe(128)
  const tasks: string[] = []
  for await (const page of paginateListTasks({ client: ecs }, { cluster: STAGING })) tasks.push(...page.taskArns!)
  expect(tasks.length).toBe(128)
  const { nextToken } = await ecs.send(new ListServicesCommand({ cluster: STAGING, maxResults: 100 }))
  expect(nextToken).toBeDefined()
  expect(await refusal(ecs.send(new ListServicesCommand({ cluster: PRODUCTION, nextToken })))).toContain(
    'Invalid token',
  )
  expect(await refusal(ecs.send(new ListTasksCommand({ cluster: STAGING, nextToken })))).toContain('Invalid token')
  expect(await refusal(ecs.send(new ListTasksCommand({ cluster: STAGING, maxResults: 101 })))).toContain('maxResults')
})

test('tasks are filtered by service, family, launch type, wanted state, and by startedBy alone', async () => {
  const list = async (filter: object) =>
    (await ecs.send(new ListTasksCommand({ cluster: PRODUCTION, ...filter }))).taskArns!.length
  const id = await run({ startedBy: 'culvert-ephemeral', overrides: commanded('sleep', '1') })
  expect(await list({ startedBy: 'culvert-ephemeral' })).toBe(1)
  expect(await list({ startedBy: 'other' })).toBe(0)
  expect(await list({ serviceName: 'orders-api' })).toBe(2)
  expect(await list({ family: 'orders-api' })).toBe(3)
  expect(await list({ launchType: 'EC2' })).toBe(1)
  expect(await list({ desiredStatus: 'STOPPED' })).toBe(0)
  for (const filter of [
    { serviceName: 'orders-api' },
    { desiredStatus: 'RUNNING' as const },
    { launchType: 'FARGATE' as const },
  ]) {
    const both = new ListTasksCommand({ cluster: PRODUCTION, startedBy: 'culvert-ephemeral', ...filter })
    expect(await refusal(ecs.send(both))).toContain('InvalidParameterException: startedBy must be the only filter')
  }
  expect(await refusal(ecs.send(new ListTasksCommand({ cluster: PRODUCTION, serviceName: 'nothing' })))).toContain(
    'ServiceNotFoundException',
  )
  simulator.ecs.task(PRODUCTION, id)!.stop('UserInitiated', 'enough')
  expect(await list({ startedBy: 'culvert-ephemeral' })).toBe(0)
  expect(await list({ desiredStatus: 'STOPPED' })).toBe(1)
})

test('what is not there is a failure of a description, or a refusal of a list', async () => {
  expect(await refusal(ecs.send(new ListTasksCommand({ cluster: 'nowhere' })))).toContain('ClusterNotFoundException')
  expect(await refusal(ecs.send(new ListServicesCommand({})))).toContain('ClusterNotFoundException')
  const { clusters, failures } = await ecs.send(new DescribeClustersCommand({ clusters: [PRODUCTION, 'nowhere'] }))
  expect(clusters![0]).toMatchObject({ clusterName: PRODUCTION, status: 'ACTIVE' })
  expect(failures).toMatchObject([{ reason: 'MISSING' }])
  const services = await ecs.send(
    new DescribeServicesCommand({ cluster: PRODUCTION, services: ['orders-api', 'nothing'] }),
  )
  expect(services.services!.length).toBe(1)
  expect(services.failures).toMatchObject([{ reason: 'MISSING' }])
  // A task of one cluster is no task of another.
  const [id] = simulator.ecs.tasksOf(STAGING).map((task) => task.id)
  const tasks = await ecs.send(new DescribeTasksCommand({ cluster: PRODUCTION, tasks: [id!] }))
  expect(tasks.failures).toMatchObject([{ reason: 'MISSING' }])
  const empty = new DescribeTasksCommand({ cluster: PRODUCTION, tasks: [] })
  expect(await refusal(ecs.send(empty))).toContain('Tasks cannot be empty')
  const eleven = Array.from({ length: 11 }, () => 'orders-api')
  expect(await refusal(ecs.send(new DescribeServicesCommand({ cluster: PRODUCTION, services: eleven })))).toContain(
    '10',
  )
})

test('services of other deployment controllers tell of task sets, and a capacity provider takes the place of a launch type', async () => {
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: STAGING, services: ['storefront-web', 'partner-feed', 'mailer'] }),
  )
  expect(services!.map(({ deploymentController }) => deploymentController!.type)).toEqual([
    'CODE_DEPLOY',
    'EXTERNAL',
    'ECS',
  ])
  expect(services![0]!.taskSets![0]).toMatchObject({ status: 'PRIMARY' })
  expect(services![0]!.taskDefinition).toBeUndefined()
  expect(services![2]).toMatchObject({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] })
  expect(services![2]!.launchType).toBeUndefined()
})

test('a request has to be signed for Amazon ECS', async () => {
  const { endpointUrl: endpoint, region, credentials } = simulator
  const wrong = new ECSClient({
    endpoint,
    region,
    credentials: { ...credentials, secretAccessKey: 'x' },
    maxAttempts: 1,
  })
  expect(await refusal(wrong.send(new ListServicesCommand({ cluster: STAGING })))).toContain(
    'InvalidSignatureException',
  )
  wrong.destroy()
})
