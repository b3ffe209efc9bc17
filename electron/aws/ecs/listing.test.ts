// The list of services and containers: all pages, what a denial leaves, and the obstacles of exec.

import { describe, expect, test } from 'vitest'
import { jsonError } from '../../../e2e/kit/aws/awsstandin'
import { never, opened } from '../account.kit'
import { answering, arnOf, containerOf, denied, OTHER_TASK, serviceOf, TASK, taskOf } from './ecs.kit'

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => index.toString(16).padStart(32, '0'))

const names = (input: Readonly<Record<string, unknown>>, key: string): string[] => {
  const value = input[key]
  return Array.isArray(value) ? value.map(String) : []
}

const shop = {
  ListClusters: { json: { clusterArns: [arnOf('cluster/shop')] } },
  ListServices: { json: { serviceArns: [arnOf('service/shop/web')] } },
  DescribeServices: { json: { services: [serviceOf('web')] } },
  ListTasks: { json: { taskArns: [arnOf(`task/shop/${TASK}`)] } },
  DescribeTasks: { json: { tasks: [taskOf(TASK)] } },
  DescribeTaskDefinition: {
    json: {
      taskDefinition: { taskDefinitionArn: arnOf('task-definition/web:7'), family: 'web', containerDefinitions: [] },
    },
  },
}

describe('the list', () => {
  test('has services and containers in the product’s words', async () => {
    const [account, standIn] = await opened(answering(shop))
    expect(await account.ecs.listContainers(never)).toEqual({
      services: [
        {
          id: 'shop/web',
          cluster: 'shop',
          name: 'web',
          desired: 2,
          running: 1,
          pending: 1,
          taskDefinition: 'web:7',
          launchType: 'FARGATE',
          hasExec: true,
        },
      ],
      containers: [
        {
          id: `shop/${TASK}/app`,
          cluster: 'shop',
          service: 'web',
          taskId: TASK,
          name: 'app',
          state: 'RUNNING',
          startedAt: 1_700_000_000_000,
          exec: { kind: 'blocked', obstacles: ['agent-pending'] },
          launchType: 'FARGATE',
          taskDefinition: 'web:7',
          image: 'example/app:1',
          privateIp: '10.0.0.7',
          target: `ecs:shop_${TASK}_${TASK}-1`,
        },
      ].map((container) => ({ ...container, exec: { kind: 'ready' } })),
      notices: [],
    })
    // No definition is read where no container is blocked.
    expect(standIn.asked.map(({ action }) => action)).not.toContain('DescribeTaskDefinition')
  })

  test('holds every page, describes 10 services and 100 tasks a call, and makes 4 calls at a time', async () => {
    const tasks = ids(250)
    let running = 0
    let most = 0
    const [account, standIn] = await opened((asked) => {
      running += 1
      most = Math.max(most, running)
      setImmediate(() => (running -= 1))
      return answering({
        ListClusters: ({ nextToken }) =>
          nextToken === undefined
            ? { json: { clusterArns: [arnOf('cluster/shop')], nextToken: 'p2' } }
            : { json: { clusterArns: [arnOf('cluster/none')] } },
        ListServices: ({ cluster }) => ({
          json: { serviceArns: cluster === 'shop' ? ids(25).map((id) => arnOf(`service/shop/s${id}`)) : [] },
        }),
        DescribeServices: (input) => ({
          json: { services: names(input, 'services').map((arn) => serviceOf(arn.slice(arn.lastIndexOf('/') + 1))) },
        }),
        ListTasks: ({ cluster }) => ({
          json: { taskArns: cluster === 'shop' ? tasks.map((id) => arnOf(`task/shop/${id}`)) : [] },
        }),
        DescribeTasks: (input) => ({
          json: { tasks: names(input, 'tasks').map((arn) => taskOf(arn.slice(arn.lastIndexOf('/') + 1))) },
        }),
      })(asked)
    })
    const { services, containers } = await account.ecs.listContainers(never)
    expect([services.length, containers.length]).toEqual([25, 250])
    const sizes = (action: string, key: string): number[] =>
      standIn.asked.filter((one) => one.action === action).map(({ input }) => names(input, key).length)
    expect(sizes('DescribeServices', 'services').toSorted((a, b) => b - a)).toEqual([10, 10, 5])
    expect(sizes('DescribeTasks', 'tasks').toSorted((a, b) => b - a)).toEqual([100, 100, 50])
    expect(most).toBeLessThanOrEqual(4)
  })

  test('is empty: with one notice where listing clusters is denied, without a notice where the account has no cluster', async () => {
    const [refused] = await opened(answering({ ListClusters: denied('ListClusters') }))
    expect(await refused.ecs.listContainers(never)).toEqual({
      services: [],
      containers: [],
      notices: [expect.stringContaining('ecs:ListClusters is denied')],
    })
    const [empty] = await opened(answering({ ListClusters: { json: { clusterArns: [] } } }))
    expect(await empty.ecs.listContainers(never)).toEqual({ services: [], containers: [], notices: [] })
  })

  test('a cluster that may not be listed, or has gone, does not hide the others', async () => {
    const [account] = await opened(
      answering({
        ...shop,
        ListClusters: { json: { clusterArns: ['closed', 'gone', 'shop'].map((name) => arnOf(`cluster/${name}`)) } },
        ListServices: ({ cluster }) => (cluster === 'closed' ? denied('ListServices') : shop.ListServices),
        ListTasks: ({ cluster }) =>
          cluster === 'closed'
            ? denied('ListTasks')
            : cluster === 'gone'
              ? jsonError('ClusterNotFoundException', 'Cluster not found.')
              : shop.ListTasks,
        DescribeServices: ({ cluster }) => (cluster === 'shop' ? shop.DescribeServices : { json: { services: [] } }),
      }),
    )
    const { services, containers, notices } = await account.ecs.listContainers(never)
    expect([services.length, containers.length]).toEqual([1, 1])
    expect(notices).toEqual([
      'Services of closed are missing: ecs:ListServices is denied.',
      'Tasks of closed are missing: ecs:ListTasks is denied.',
    ])
  })
})

describe('why a command cannot be executed', () => {
  const agent = (lastStatus: string, reason?: string) => ({
    managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus, ...(reason === undefined ? {} : { reason }) }],
  })
  const definition = (fields: Readonly<Record<string, unknown>>) => ({
    json: { taskDefinition: { taskDefinitionArn: arnOf('task-definition/web:7'), taskRoleArn: 'arn:role', ...fields } },
  })
  test.each([
    [
      'it is not enabled',
      taskOf(TASK, {
        enableExecuteCommand: false,
        containers: [containerOf('app', `${TASK}-1`, { managedAgents: [] })],
      }),
      {},
      ['not-enabled'],
    ],
    ['it is not enabled, whatever its agent says', taskOf(TASK, { enableExecuteCommand: false }), {}, ['not-enabled']],
    [
      'its agent starts',
      taskOf(TASK, { containers: [containerOf('app', `${TASK}-1`, agent('PENDING'))] }),
      {},
      ['agent-pending'],
    ],
    [
      'its agent has stopped, without a role',
      taskOf(TASK, { containers: [containerOf('app', `${TASK}-1`, agent('STOPPED', 'no'))] }),
      { taskRoleArn: undefined },
      ['agent-stopped', 'no-task-role'],
    ],
    [
      'its root is read-only',
      taskOf(TASK, { containers: [containerOf('app', `${TASK}-1`, agent('STOPPED'))] }),
      { containerDefinitions: [{ name: 'app', readonlyRootFilesystem: true }] },
      ['agent-stopped', 'read-only-root'],
    ],
    [
      'its platform is too old',
      taskOf(TASK, { platformVersion: '1.3.0', containers: [containerOf('app', `${TASK}-1`, agent('STOPPED'))] }),
      {},
      ['agent-stopped', 'platform-version'],
    ],
    [
      '1.0.0 of Windows is not too old',
      taskOf(TASK, {
        platformVersion: '1.0.0',
        platformFamily: 'WINDOWS_SERVER_2019_CORE',
        containers: [containerOf('app', `${TASK}-1`, agent('STOPPED'))],
      }),
      {},
      ['agent-stopped'],
    ],
    [
      'its processes are shared',
      taskOf(TASK, { containers: [containerOf('app', `${TASK}-1`, agent('STOPPED'))] }),
      { pidMode: 'task', containerDefinitions: [{ name: 'app' }, { name: 'log' }] },
      ['agent-stopped', 'shared-pid'],
    ],
    [
      'it does not run',
      taskOf(TASK, { containers: [containerOf('app', `${TASK}-1`, { lastStatus: 'PENDING', managedAgents: [] })] }),
      {},
      ['not-running'],
    ],
  ])('%s', async (_, task, fields, obstacles) => {
    const [account] = await opened(
      answering({ ...shop, DescribeTasks: { json: { tasks: [task] } }, DescribeTaskDefinition: definition(fields) }),
    )
    const [container] = await account.ecs.containersOf({ cluster: 'shop', service: 'web' }, never)
    expect(container?.exec).toMatchObject({ kind: 'blocked', obstacles })
  })
})

describe('the containers of a TARGET', () => {
  test('are in the order of the task definition, which is read once', async () => {
    const task = taskOf(TASK, { containers: [containerOf('envoy', `${TASK}-1`), containerOf('app', `${TASK}-2`)] })
    const [account, standIn] = await opened(
      answering({
        ...shop,
        DescribeTasks: { json: { tasks: [task, taskOf(OTHER_TASK)] } },
        DescribeTaskDefinition: {
          json: { taskDefinition: { containerDefinitions: [{ name: 'app' }, { name: 'envoy' }] } },
        },
      }),
    )
    const read = async (): Promise<string[]> =>
      (await account.ecs.containersOf({ cluster: 'shop', service: 'web' }, never)).map(({ name }) => name)
    expect(await read()).toEqual(['app', 'envoy', 'app'])
    await read()
    expect(standIn.asked.filter(({ action }) => action === 'DescribeTaskDefinition')).toHaveLength(1)
  })

  test('of an unknown cluster or service: the error lists the names that exist', async () => {
    const [noCluster] = await opened(answering({ ...shop, ListTasks: jsonError('ClusterNotFoundException') }))
    await expect(noCluster.ecs.containersOf({ cluster: 'shup', service: 'web' }, never)).rejects.toMatchObject({
      code: 'unknown-instance',
      message: 'There is no cluster shup in eu-central-1: check its name, the profile and the region. There are: shop.',
    })
    const [noService] = await opened(answering({ ...shop, ListTasks: jsonError('ServiceNotFoundException') }))
    await expect(noService.ecs.containersOf({ cluster: 'shop', service: 'wab' }, never)).rejects.toMatchObject({
      code: 'unknown-instance',
      message: 'There is no service wab in the cluster shop in eu-central-1: check its name. There are: web.',
    })
  })

  test('of a task that ECS does not know is an error that names it', async () => {
    const [account] = await opened(
      answering({ ...shop, DescribeTasks: { json: { tasks: [], failures: [{ reason: 'MISSING' }] } } }),
    )
    await expect(account.ecs.containersOf({ cluster: 'shop', taskId: TASK }, never)).rejects.toMatchObject({
      code: 'unknown-instance',
      message: expect.stringContaining(TASK),
    })
  })
})
