// Calls to a simulator and to a service that refuses, as the diagnostic log hears of them.

import { expect, onTestFinished, test } from 'vitest'
import { jsonError, startStandIn } from '../../e2e/kit/aws/awsstandin'
import type { Diagnostic } from '../../shared/diagnostics'
import { startSimulator } from '../simulator/simulator'
import { openAccount } from './account'

const never = new AbortController().signal

test('a call is told once, with its duration and the id of its request, and nothing of what was sent or answered', async () => {
  const told: Diagnostic[] = []
  const simulator = await startSimulator({ port: 0 })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const account = await openAccount({ ...simulator, env: {}, diagnose: (entry) => told.push(entry) })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const { instances } = await account.listInstances(never)
  const target = instances.find(({ name }) => name === 'web-2')!.id
  await account.startSession({ target }, never)
  await account.identity(never)
  expect(told.flatMap((entry) => (entry.kind === 'call' ? [entry.operation] : [])).toSorted()).toEqual([
    'ec2:DescribeInstances',
    'ssm:DescribeInstanceInformation',
    'ssm:ListTagsForResource',
    'ssm:StartSession',
    'sts:GetCallerIdentity',
  ])
  for (const entry of told) {
    expect(entry).toEqual({
      kind: 'call',
      operation: expect.any(String),
      tookMs: expect.any(Number),
      attempts: 1,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  }
})

test('a call that AWS refuses is told with the name of the error and all of its attempts as one', async () => {
  const told: Diagnostic[] = []
  const standIn = await startStandIn(() => jsonError('ThrottlingException', 'Rate exceeded'))
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({
    region: 'eu-central-1',
    endpointUrl: standIn.url,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    env: {},
    diagnose: (entry) => told.push(entry),
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  await expect(account.startSession({ target: 'i-1' }, never)).rejects.toMatchObject({ code: 'throttled' })
  expect(told).toEqual([
    {
      kind: 'call',
      operation: 'ssm:StartSession',
      tookMs: expect.any(Number),
      attempts: 3,
      error: 'ThrottlingException',
    },
  ])
})

test('a call to Amazon ECS that carries variables and commands tells of neither, whether it is answered or refused', async () => {
  const told: Diagnostic[] = []
  const simulator = await startSimulator({ port: 0 })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const account = await openAccount({ ...simulator, env: {}, diagnose: (entry) => told.push(entry) })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const { ecs } = account
  const request = {
    recipe: await ecs.serviceRecipe('demo-production', 'storefront-web', never),
    container: 'app',
    command: ['sh', '-c', 'echo s3cret'],
    variables: { TOKEN: 's3cret' },
    size: { container: { memoryMiB: 512 } },
    clientToken: 'a',
    startedBy: 'test',
    tags: {},
  }
  const { cluster, taskId } = await ecs.runTask(request, never)
  await ecs.stopTask(cluster, taskId, 'the test is over', never)
  const refused = ecs.runTask({ ...request, container: 'none', clientToken: 'b' }, never)
  await expect(refused).rejects.toMatchObject({ code: 'task-failed', message: expect.not.stringContaining('s3cret') })
  const exec = { cluster, taskId, container: 'none', command: 'echo s3cret' }
  await expect(ecs.executeCommand(exec, never)).rejects.toBeInstanceOf(Error)
  expect(told.flatMap((entry) => (entry.kind === 'call' ? [entry.operation] : []))).toEqual([
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'ecs:RunTask',
    'ecs:StopTask',
    'ecs:RunTask',
    'ecs:ExecuteCommand',
  ])
  expect(JSON.stringify(told)).not.toMatch(/s3cret|TOKEN/)
})
