// Task definitions are registered and deregistered, and resources are tagged; by the SDK.

import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  TagResourceCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { described, ecs, ORDERS, run, stageEcs } from '../ecs.kit'

stageEcs({ containers: { delays: { provisioningMs: 60_000 } } })

const GOOD: RegisterTaskDefinitionCommandInput = {
  family: 'orders-api-culvert-ephemeral',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  taskRoleArn: 'arn:aws:iam::111122223333:role/demo-task',
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  containerDefinitions: [{ name: 'app', image: 'billing', entryPoint: ['sh', '-c'], command: ['exit 0'] }],
  tags: [{ key: 'culvert:operation', value: '42' }],
}
const APP = GOOD.containerDefinitions![0]!

const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: Error) => `${error.name}: ${error.message}`,
  )

test('a definition is described as it was registered, numbered by its family, and started no more once it is deregistered', async () => {
  const first = (await ecs.send(new RegisterTaskDefinitionCommand(GOOD))).taskDefinition!
  const { taskDefinition: second, tags } = await ecs.send(new RegisterTaskDefinitionCommand(GOOD))
  expect([first.revision, second!.revision]).toEqual([1, 2])
  expect(tags).toEqual(GOOD.tags)
  expect(second).toMatchObject({
    status: 'ACTIVE',
    runtimePlatform: { cpuArchitecture: 'ARM64' },
    containerDefinitions: [APP],
  })
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: second!.taskDefinitionArn }))
  const found = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: GOOD.family, include: ['TAGS'] }))
  expect(found).toMatchObject({ taskDefinition: { revision: 1 }, tags: GOOD.tags })
  const inactive = new RunTaskCommand({ ...ORDERS, taskDefinition: second!.taskDefinitionArn })
  expect(await refused(ecs.send(inactive))).toContain('TaskDefinition is inactive')
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: `${GOOD.family}:2` }))
  expect(taskDefinition).toMatchObject({ status: 'INACTIVE', deregisteredAt: expect.any(Date) })
  const family = new DeregisterTaskDefinitionCommand({ taskDefinition: GOOD.family })
  expect(await refused(ecs.send(family))).toContain('Invalid revision number')
})

test.each<[string, Partial<RegisterTaskDefinitionCommandInput>, string]>([
  ['a family with a space', { family: 'a b' }, 'Family contains invalid characters'],
  ['no container', { containerDefinitions: [] }, 'Container list cannot be empty'],
  ['two containers of one name', { containerDefinitions: [APP, APP] }, 'Container names must be unique'],
  ['no essential container', { containerDefinitions: [{ ...APP, essential: false }] }, 'must be essential'],
  ['no image', { containerDefinitions: [{ ...APP, image: '' }] }, 'image should not be null or empty'],
  ['a bridge on Fargate', { networkMode: 'bridge' }, "network mode 'awsvpc'"],
  ['no size on Fargate', { cpu: undefined }, "Fargate requires that 'cpu' be defined"],
  ['a size that Fargate has not', { memory: '700' }, 'No Fargate configuration exists for given values.'],
  ['no memory on EC2', { requiresCompatibilities: ['EC2'], memory: undefined }, "At least one of 'memory'"],
  [
    'a container larger than its task',
    { containerDefinitions: [{ ...APP, memory: 1_024 }] },
    'greater than for the task',
  ],
  ['a tag of AWS', { tags: [{ key: 'aws:x', value: '' }] }, 'reserved'],
])('a definition with %s is refused', async (_, fields, words) => {
  expect(await refused(ecs.send(new RegisterTaskDefinitionCommand({ ...GOOD, ...fields })))).toContain(words)
})

test('a task takes further tags, up to 50 in all', async () => {
  const id = await run({ tags: [{ key: 'a', value: '1' }] })
  const resourceArn = `arn:aws:ecs:eu-west-1:111122223333:task/demo-production/${id}`
  await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'a', value: '2' }, { key: 'b' }] }))
  expect((await described(id)).tags).toEqual([
    { key: 'a', value: '2' },
    { key: 'b', value: '' },
  ])
  const more = Array.from({ length: 49 }, (_, index) => ({ key: `more-${index}`, value: '' }))
  expect(await refused(ecs.send(new TagResourceCommand({ resourceArn, tags: more })))).toContain('more than 50 tags')
  const nothing = new TagResourceCommand({ resourceArn: resourceArn.replace(id, '0'.repeat(32)), tags: [] })
  expect(await refused(ecs.send(nothing))).toContain('ResourceNotFoundException')
})
