// A command in a container, and the state of tasks, as a stand-in for ECS answers.

import { describe, expect, onTestFinished, test } from 'vitest'
import { jsonError } from '../../../e2e/kit/aws/awsstandin'
import { openAccount } from '../account'
import { never, opened } from '../account.kit'
import { answering, containerOf, denied, TASK, taskOf } from './ecs.kit'

const request = { cluster: 'shop', taskId: TASK, container: 'app', command: '/bin/sh' }

describe('a command in a container', () => {
  test('is interactive, and answers with the ticket of a session of Systems Manager', async () => {
    const session = { sessionId: 'ecs-execute-command-1', streamUrl: 'wss://a/', tokenValue: 't' }
    const [account, standIn] = await opened(answering({ ExecuteCommand: { json: { session } } }))
    expect(await account.startSession({ target: 'ecs:x', exec: request }, never)).toEqual(session)
    expect(standIn.asked[0]).toMatchObject({
      action: 'ExecuteCommand',
      input: { cluster: 'shop', task: TASK, container: 'app', command: '/bin/sh', interactive: true },
      headers: { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ExecuteCommand' },
    })
  })

  test('without a session in the answer is an error', async () => {
    const [account] = await opened(answering({}))
    await expect(account.ecs.executeCommand(request, never)).rejects.toMatchObject({ code: 'service' })
  })

  test('that is denied names the action and both resources of a policy', async () => {
    const [account] = await opened(answering({ ExecuteCommand: denied('ExecuteCommand') }))
    await expect(account.ecs.executeCommand(request, never)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringMatching(
        /ecs:ExecuteCommand.* on arn:aws:ecs:eu-central-1:\*:cluster\/shop and arn:aws:ecs:eu-central-1:\*:task\/shop\/\*\.$/,
      ),
    })
  })

  test.each([
    [
      'TargetNotConnectedException',
      'The execute command failed due to an internal error.',
      'ssmmessages:CreateControlChannel',
    ],
    [
      'InvalidParameterException',
      'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running.',
      'Enable ECS Exec on its service',
    ],
  ])('that %s refuses is blocked, with what to do', async (name, text, next) => {
    const [account] = await opened(answering({ ExecuteCommand: jsonError(name, text) }))
    await expect(account.ecs.executeCommand(request, never)).rejects.toMatchObject({
      code: 'exec-blocked',
      message: expect.stringContaining(next),
    })
  })
})

test('the state of tasks has their tags, their containers and what their agents say', async () => {
  const stopped = taskOf(TASK, {
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'CannotPullContainerError',
    tags: [{ key: 'culvert:operation', value: 'op' }],
    containers: [
      containerOf('app', `${TASK}-1`, {
        exitCode: 3,
        managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'STOPPED', reason: 'no role' }],
      }),
    ],
  })
  const [account, standIn] = await opened(answering({ DescribeTasks: { json: { tasks: [stopped] } } }))
  expect(await account.ecs.describeTasks('shop', [TASK], never)).toEqual([
    {
      cluster: 'shop',
      taskId: TASK,
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      startedAt: 1_700_000_000_000,
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError',
      tags: { 'culvert:operation': 'op' },
      containers: [
        {
          name: 'app',
          runtimeId: `${TASK}-1`,
          lastStatus: 'RUNNING',
          exitCode: 3,
          execAgent: 'STOPPED',
          execAgentReason: 'no role',
        },
      ],
    },
  ])
  expect(standIn.asked[0]?.input).toMatchObject({ cluster: 'shop', include: ['TAGS'] })
})

describe('a container as the host of a tunnel', () => {
  const place = `ecs:shop_${TASK}_${TASK}-1`
  test.each([
    ['runs, its agent is there', taskOf(TASK), { state: 'running', agent: { kind: 'online' } }],
    ['is in a task that is being stopped', taskOf(TASK, { lastStatus: 'DEACTIVATING' }), { state: 'deactivating' }],
    [
      'has stopped',
      taskOf(TASK, {
        lastStatus: 'STOPPED',
        containers: [containerOf('app', `${TASK}-1`, { lastStatus: 'STOPPED', managedAgents: [] })],
      }),
      { state: 'stopped', agent: { kind: 'offline' } },
    ],
    ['is another container of that task', taskOf(TASK, { containers: [containerOf('app', `${TASK}-2`)] }), undefined],
  ])('%s', async (_, task, expected) => {
    const [account] = await opened(answering({ DescribeTasks: { json: { tasks: [task] } } }))
    const found = await account.describeTarget(place, never)
    if (expected === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject({ id: place, kind: 'ecs', name: 'app', ...expected })
  })

  test('is gone where ECS no longer knows its task', async () => {
    const [account] = await opened(answering({ DescribeTasks: { json: { tasks: [], failures: [] } } }))
    expect(await account.describeTarget(place, never)).toBeUndefined()
  })
})

test('a session in a container is resumed and ended at Systems Manager, also where ECS has an endpoint of its own', async () => {
  const session = { sessionId: 'ecs-execute-command-1', streamUrl: 'wss://a/', tokenValue: 't' }
  const [, ssm] = await opened(
    answering({
      ResumeSession: { json: { SessionId: 'ecs-execute-command-1', StreamUrl: 'wss://b/', TokenValue: 'u' } },
    }),
  )
  const [, ecs] = await opened(answering({ ExecuteCommand: { json: { session } } }))
  const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' }
  const account = await openAccount({
    region: 'eu-central-1',
    env: {
      ...keys,
      AWS_ENDPOINT_URL_SSM: ssm.url,
      AWS_ENDPOINT_URL_ECS: ecs.url,
      AWS_CONFIG_FILE: '/none',
      AWS_SHARED_CREDENTIALS_FILE: '/none',
    },
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const { sessionId } = await account.startSession({ target: 'ecs:x', exec: request }, never)
  await account.resumeSession(sessionId, never)
  await account.terminateSession(sessionId, never)
  expect([ecs.asked.map(({ action }) => action), ssm.asked.map(({ action }) => action)]).toEqual([
    ['ExecuteCommand'],
    ['ResumeSession', 'TerminateSession'],
  ])
})
