// Starting a task like those of a service, and stopping it, as a stand-in for ECS answers.

import { describe, expect, test } from 'vitest'
import { jsonError } from '../../../e2e/kit/aws/awsstandin'
import type { RunTaskRequest, ServiceRecipe } from '../../../shared/ecscalls'
import { never, opened } from '../account.kit'
import { answering, arnOf, denied, serviceOf, TASK, taskOf } from './ecs.kit'

const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' } }
const definition = {
  taskDefinitionArn: arnOf('task-definition/web:7'),
  family: 'web',
  containerDefinitions: [{ name: 'app', image: 'web', memory: 4_096 }],
}

function recipeFrom(fields: Readonly<Record<string, unknown>>, answers: Parameters<typeof answering>[0] = {}) {
  const services = [serviceOf('web', { networkConfiguration: network, ...fields })]
  return opened(
    answering({
      DescribeServices: { json: { services } },
      DescribeTaskDefinition: { json: { taskDefinition: definition } },
      ...answers,
    }),
  )
}

function request(recipe: ServiceRecipe, more: Partial<RunTaskRequest> = {}): RunTaskRequest {
  return {
    recipe,
    container: 'app',
    command: ['sh', '-c', 'x'],
    variables: { RAILS_ENV: 'console' },
    size: { task: { memoryMiB: 1_024, cpuUnits: 256 }, container: { memoryMiB: 1_024, cpuUnits: 256 } },
    clientToken: 'token',
    startedBy: 'culvert-ephemeral',
    tags: { 'culvert:operation': 'op' },
    ...more,
  }
}

describe('a task like those of a service', () => {
  test('has its definition, network and platform, a new size, the command and the tags, and ECS Exec', async () => {
    const [account, standIn] = await recipeFrom(
      { platformVersion: '1.4.0' },
      { RunTask: { json: { tasks: [taskOf(TASK)] } } },
    )
    const recipe = await account.ecs.serviceRecipe('shop', 'web', never)
    expect(await account.ecs.runTask(request(recipe), never)).toMatchObject({ taskId: TASK, cluster: 'shop' })
    expect(standIn.asked.find(({ action }) => action === 'RunTask')?.input).toEqual({
      cluster: 'shop',
      taskDefinition: arnOf('task-definition/web:7'),
      count: 1,
      enableExecuteCommand: true,
      clientToken: 'token',
      startedBy: 'culvert-ephemeral',
      tags: [{ key: 'culvert:operation', value: 'op' }],
      overrides: {
        memory: '1024',
        cpu: '256',
        containerOverrides: [
          {
            name: 'app',
            command: ['sh', '-c', 'x'],
            memory: 1_024,
            cpu: 256,
            environment: [{ name: 'RAILS_ENV', value: 'console' }],
          },
        ],
      },
      platformVersion: '1.4.0',
      launchType: 'FARGATE',
      networkConfiguration: network,
    })
  })

  test('has the capacity providers of its service in place of a launch type', async () => {
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
    const fields = { launchType: undefined, capacityProviderStrategy }
    const [account, standIn] = await recipeFrom(fields, { RunTask: { json: { tasks: [taskOf(TASK)] } } })
    await account.ecs.runTask(request(await account.ecs.serviceRecipe('shop', 'web', never)), never)
    const { input } = standIn.asked.find(({ action }) => action === 'RunTask') ?? {}
    expect(input).toMatchObject({ capacityProviderStrategy })
    expect(input).not.toHaveProperty('launchType')
  })

  test('has what the primary task set says where CODE_DEPLOY deploys', async () => {
    const [account] = await recipeFrom({
      deploymentController: { type: 'CODE_DEPLOY' },
      networkConfiguration: undefined,
      taskDefinition: undefined,
      launchType: undefined,
      taskSets: [
        {
          status: 'PRIMARY',
          taskDefinition: arnOf('task-definition/web:8'),
          networkConfiguration: network,
          launchType: 'FARGATE',
        },
      ],
    })
    const recipe = await account.ecs.serviceRecipe('shop', 'web', never)
    expect(recipe).toMatchObject({ controller: 'CODE_DEPLOY', networkConfiguration: network })
    expect(recipe.service).toMatchObject({ taskDefinition: 'web:8', launchType: 'FARGATE' })
    expect(recipe.service.ephemeralProblem).toBeUndefined()
  })

  test('is refused where EXTERNAL deploys and no primary task set exists', async () => {
    const [account] = await recipeFrom({ deploymentController: { type: 'EXTERNAL' } })
    const { service } = await account.ecs.serviceRecipe('shop', 'web', never)
    expect(service.ephemeralProblem).toContain('deployed by EXTERNAL and has no primary task set')
  })

  test('has new volumes that are deleted with it', async () => {
    const managedEBSVolume = { roleArn: 'arn:aws:iam::1:role/ebs', sizeInGiB: 10 }
    const deployments = [{ status: 'PRIMARY', volumeConfigurations: [{ name: 'data', managedEBSVolume }] }]
    const [account] = await recipeFrom({ deployments })
    expect((await account.ecs.serviceRecipe('shop', 'web', never)).volumeConfigurations).toEqual([
      { name: 'data', managedEBSVolume: { ...managedEBSVolume, terminationPolicy: { deleteOnTermination: true } } },
    ])
  })

  test('of a service that does not exist names it', async () => {
    const [account] = await opened(answering({ DescribeServices: { json: { services: [] } } }))
    await expect(account.ecs.serviceRecipe('shop', 'web', never)).rejects.toMatchObject({ code: 'unknown-instance' })
  })
})

describe('a task that is not started', () => {
  test.each([
    [
      { json: { failures: [{ reason: 'RESOURCE:MEMORY' }] } },
      'RESOURCE:MEMORY). No instance of the cluster has so much left',
    ],
    [{ json: { failures: [{ reason: 'Capacity is unavailable at this time.' }] } }, 'try again in a few minutes'],
    [
      jsonError('ClientException', 'No Fargate configuration exists for given values.'),
      'No Fargate configuration exists',
    ],
    [jsonError('InvalidParameterException', 'Overrides exceed 8192.'), 'Overrides exceed 8192'],
  ])('is told in the words of AWS: %j', async (answer, text) => {
    const [account] = await recipeFrom({}, { RunTask: answer })
    const recipe = await account.ecs.serviceRecipe('shop', 'web', never)
    await expect(account.ecs.runTask(request(recipe), never)).rejects.toMatchObject({
      code: 'task-failed',
      message: expect.stringContaining(text),
    })
  })

  test('for want of a permission names the action', async () => {
    const [account] = await recipeFrom({}, { RunTask: denied('RunTask') })
    const recipe = await account.ecs.serviceRecipe('shop', 'web', never)
    await expect(account.ecs.runTask(request(recipe), never)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('ecs:RunTask'),
    })
  })
})

describe('the tasks of one starter', () => {
  test('are listed by their starter alone, without those that are being stopped', async () => {
    const stopping = taskOf('b'.repeat(32), { desiredStatus: 'STOPPED' })
    const [account, standIn] = await opened(
      answering({
        ListTasks: { json: { taskArns: [arnOf(`task/shop/${TASK}`)] } },
        DescribeTasks: { json: { tasks: [taskOf(TASK, { startedBy: 'culvert-ephemeral' }), stopping] } },
      }),
    )
    expect(await account.ecs.tasksStartedBy('shop', 'culvert-ephemeral', never)).toMatchObject([{ taskId: TASK }])
    expect(standIn.asked[0]?.input).toEqual({ cluster: 'shop', startedBy: 'culvert-ephemeral', maxResults: 100 })
  })

  test('are stopped with a reason, and one that is gone counts as stopped', async () => {
    const gone = jsonError('InvalidParameterException', 'The referenced task was not found.')
    const [account, standIn] = await opened(answering({ StopTask: gone }))
    await account.ecs.stopTask('shop', TASK, 'x'.repeat(300), never)
    expect(standIn.asked[0]?.input).toEqual({ cluster: 'shop', task: TASK, reason: 'x'.repeat(255) })
    const [other] = await opened(answering({ StopTask: denied('StopTask') }))
    await expect(other.ecs.stopTask('shop', TASK, '', never)).rejects.toMatchObject({ code: 'access-denied' })
  })
})

test('a definition is registered in the form of AWS, and deregistered by its ARN', async () => {
  const arn = arnOf('task-definition/web-culvert-ephemeral:1')
  const [account, standIn] = await opened(
    answering({ RegisterTaskDefinition: { json: { taskDefinition: { taskDefinitionArn: arn } } } }),
  )
  const own = { family: 'web-culvert-ephemeral', containerDefinitions: [{ name: 'app' }] }
  expect(await account.ecs.registerTaskDefinition(own, never)).toBe(arn)
  await account.ecs.deregisterTaskDefinition(arn, never)
  expect(standIn.asked.map(({ input }) => input)).toEqual([own, { taskDefinition: arn }])
})
