// Each action of Amazon ECS can be taken away, from everything and from one resource; by the SDK.

import {
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ExecuteCommandCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs'
import { ResumeSessionCommand, SSMClient, StartSessionCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ecs, execute, ORDERS, PRODUCTION, simulator, stageEcs } from '../ecs.kit'

stageEcs()

const ARN = 'arn:aws:ecs:eu-west-1:111122223333'
const ROLES = 'arn:aws:iam::111122223333:role'
let task = ''

beforeAll(() => {
  task = simulator.ecs.tasksOf(PRODUCTION).find(({ service }) => service === 'orders-api')!.id
})
afterEach(() => simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo' }))

const deny = (actions: string[], resources = ['*']) =>
  simulator.faults.apply({
    kind: 'policy',
    identity: 'CulvertDemo',
    statements: [
      { effect: 'allow', actions: ['*'] },
      { effect: 'deny', actions, resources },
    ],
  })

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: Error) => `${error.name}: ${error.message}`,
  )

const definition = {
  family: 'orders-api',
  networkMode: 'awsvpc' as const,
  requiresCompatibilities: ['FARGATE' as const],
  cpu: '256',
  memory: '512',
  taskRoleArn: `${ROLES}/demo-task`,
  containerDefinitions: [{ name: 'app', image: 'orders-api' }],
}
const tags = [{ key: 'culvert:owner', value: 'ann' }]

type Row = readonly [action: string, resource: string, call: () => Promise<unknown>]
const rows = (): readonly Row[] => [
  ['ecs:ListClusters', '*', () => ecs.send(new ListClustersCommand({}))],
  [
    'ecs:DescribeClusters',
    `${ARN}:cluster/${PRODUCTION}`,
    () => ecs.send(new DescribeClustersCommand({ clusters: [PRODUCTION] })),
  ],
  ['ecs:ListServices', '*', () => ecs.send(new ListServicesCommand({ cluster: PRODUCTION }))],
  [
    'ecs:DescribeServices',
    `${ARN}:service/${PRODUCTION}/orders-api`,
    () => ecs.send(new DescribeServicesCommand({ cluster: PRODUCTION, services: ['orders-api'] })),
  ],
  [
    'ecs:ListTasks',
    `${ARN}:container-instance/${PRODUCTION}/*`,
    () => ecs.send(new ListTasksCommand({ cluster: PRODUCTION })),
  ],
  [
    'ecs:DescribeTasks',
    `${ARN}:task/${PRODUCTION}/${task}`,
    () => ecs.send(new DescribeTasksCommand({ cluster: PRODUCTION, tasks: [`${ARN}:task/${PRODUCTION}/${task}`] })),
  ],
  [
    'ecs:DescribeTaskDefinition',
    '*',
    () => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'orders-api' })),
  ],
  ['ecs:ExecuteCommand', `${ARN}:cluster/${PRODUCTION}`, () => execute(task, 'true')],
  ['ecs:ExecuteCommand', `${ARN}:task/${PRODUCTION}/${task}`, () => execute(task, 'true')],
  ['ecs:RunTask', `${ARN}:task-definition/orders-api:1`, () => ecs.send(new RunTaskCommand(ORDERS))],
  ['ecs:TagResource', `${ARN}:task/${PRODUCTION}/*`, () => ecs.send(new RunTaskCommand({ ...ORDERS, tags }))],
  ['iam:PassRole', `${ROLES}/demo-task`, () => ecs.send(new RunTaskCommand(ORDERS))],
  ['iam:PassRole', `${ROLES}/demo-task-execution`, () => ecs.send(new RunTaskCommand(ORDERS))],
  [
    'ecs:StopTask',
    `${ARN}:task/${PRODUCTION}/${'0'.repeat(32)}`,
    () => ecs.send(new StopTaskCommand({ cluster: PRODUCTION, task: '0'.repeat(32) })),
  ],
  [
    'ecs:RegisterTaskDefinition',
    `${ARN}:task-definition/orders-api:*`,
    () => ecs.send(new RegisterTaskDefinitionCommand({ ...definition, family: 'orders-api' })),
  ],
  ['iam:PassRole', `${ROLES}/demo-task`, () => ecs.send(new RegisterTaskDefinitionCommand(definition))],
  [
    'ecs:DeregisterTaskDefinition',
    '*',
    () => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'ledger:1' })),
  ],
  [
    'ecs:TagResource',
    `${ARN}:task/${PRODUCTION}/${task}`,
    () => ecs.send(new TagResourceCommand({ resourceArn: `${ARN}:task/${PRODUCTION}/${task}`, tags })),
  ],
]

describe('each action', () => {
  test.each(Array.from({ length: 18 }, (_, index) => index))('of row %d is refused by name', async (index) => {
    const [action, resource, call] = rows()[index]!
    deny([action], [resource])
    const refused = await outcome(call())
    const where = resource === '*' ? '' : ` on resource: ${resource}`
    expect(refused).toContain(
      `AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/CulvertDemo/demo-operator is not authorized to perform: ${action}${where}`,
    )
    deny([action], ['arn:aws:ecs:eu-west-1:999999999999:*'])
    if (action !== 'ecs:StopTask') expect(await outcome(call())).toBe('done')
  })
})

test('a session of ExecuteCommand goes by its own name, and StartSession to a container by its task', async () => {
  const { endpointUrl: endpoint, region, credentials } = simulator
  const ssm = new SSMClient({ endpoint, region, credentials, maxAttempts: 1 })
  const { sessionId: SessionId } = await execute(task, 'sleep 100')
  simulator.faults.apply({
    kind: 'policy',
    identity: 'CulvertDemo',
    statements: [
      { effect: 'allow', actions: ['ssm:*'], resources: ['arn:aws:ssm:*:*:session/${aws:userid}-*', `${ARN}:task/*`] },
    ],
  })
  // A policy on one's own sessions does not cover those of ExecuteCommand.
  expect(await outcome(ssm.send(new ResumeSessionCommand({ SessionId })))).toContain('ssm:ResumeSession')
  const Target = simulator.ecs.task(PRODUCTION, task)!.containers[0]!.target
  expect(await outcome(ssm.send(new StartSessionCommand({ Target })))).toBe('done')
  deny(['ssm:StartSession'], [`${ARN}:task/${PRODUCTION}/${task}`])
  expect(await outcome(ssm.send(new StartSessionCommand({ Target })))).toContain(`task/${PRODUCTION}/${task}`)
  deny(['ssm:ResumeSession'], ['arn:aws:ssm:*:*:session/ecs-execute-command-*'])
  expect(await outcome(ssm.send(new ResumeSessionCommand({ SessionId })))).toContain('ssm:ResumeSession')
  ssm.destroy()
})

test('a command has to be interactive, in a task that is there', async () => {
  const ask = (request: object) =>
    outcome(
      ecs.send(new ExecuteCommandCommand({ cluster: PRODUCTION, task, command: 'sh', interactive: true, ...request })),
    )
  expect(await ask({ interactive: false })).toContain('InvalidParameterException')
  expect(await ask({ task: 'short' })).toContain('task length should be one of [32,36]')
  expect(await ask({ task: '0'.repeat(32) })).toContain('not found')
  expect(await ask({ container: 'envoy' })).toContain('not found in the task')
  const billing = simulator.ecs.tasksOf(PRODUCTION).find(({ service }) => service === 'billing-worker')!
  expect(await ask({ task: billing.id })).toContain('execute command was not enabled when the task was run')
  const [pending] = (await ecs.send(new RunTaskCommand(ORDERS))).tasks!
  simulator.ecs.task(PRODUCTION, pending!.taskArn!)!.stop('UserInitiated', 'enough')
  expect(await ask({ task: pending!.taskArn })).toContain('InvalidParameterException')
})
