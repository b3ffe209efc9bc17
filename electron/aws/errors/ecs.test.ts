// Every error that Amazon ECS can answer as an error of ours: its code, what was asked, and the next step; bounded, whatever AWS says.

import { describe, expect, test } from 'vitest'
import { toAppError } from './errors'

const TASK = 'a'.repeat(32)
const about = { cluster: 'shop', service: 'web', taskId: TASK, container: 'app' }

function mapped(name: string, message: string, action: string) {
  const error = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } })
  return toAppError(error, { action, region: 'eu-west-1', source: { kind: 'given' }, ecs: about })
}

const NO_AGENT =
  'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again.'

describe('an error of ECS', () => {
  test.each([
    [
      'ClusterNotFoundException',
      'ListTasks',
      'Cluster not found.',
      'unknown-instance',
      /cluster shop in eu-west-1.*check/,
    ],
    [
      'ServiceNotFoundException',
      'ListTasks',
      'Service not found.',
      'unknown-instance',
      /service web in the cluster shop/,
    ],
    ['ServiceNotActiveException', 'ListTasks', 'Service was not ACTIVE.', 'unknown-instance', /service web .*check/],
    ['TargetNotFoundException', 'ExecuteCommand', '', 'unknown-instance', /task a{32} with the container app.*list/],
    [
      'TargetNotConnectedException',
      'ExecuteCommand',
      'x',
      'exec-blocked',
      /agent of app .*ssmmessages:CreateControl.*VPC/,
    ],
    ['InvalidParameterException', 'ExecuteCommand', NO_AGENT, 'exec-blocked', /started without ECS Exec.*Enable/],
    ['InvalidParameterException', 'StopTask', 'The referenced task was not found.', 'unknown-instance', /list the/],
    [
      'InvalidParameterException',
      'RunTask',
      'Bad override.',
      'usage',
      /refused ecs:RunTask \(Bad override\.\): correct/,
    ],
    ['ClientException', 'RunTask', '', 'usage', /refused ecs:RunTask \(without a text\): correct/],
    ['ConflictException', 'RunTask', 'The token was used.', 'usage', /ecs:RunTask \(The token was used\.\)/],
    [
      'PlatformUnknownException',
      'RunTask',
      'No such platform.',
      'usage',
      /ecs:RunTask.*platform version of the service/,
    ],
    ['PlatformTaskDefinitionIncompatibilityException', 'RunTask', 'No.', 'usage', /ecs:RunTask.*platform version/],
    ['LimitExceededException', 'RunTask', 'Too many.', 'usage', /quota .* in eu-west-1 .*Service Quotas/],
    ['UnsupportedFeatureException', 'RunTask', 'Not here.', 'not-supported', /in eu-west-1 \(Not here\.\): choose/],
    ['BlockedException', 'RunTask', 'Blocked.', 'access-denied', /blocked this account .*ecs:RunTask.*AWS Support/],
    ['ServerException', 'RunTask', 'Internal.', 'service', /ServerException.*Internal/],
    ['ThrottlingException', 'ListTasks', 'Rate exceeded', 'throttled', /./],
    [
      'AccessDeniedException',
      'StopTask',
      'User: u is not authorized to perform: ecs:StopTask on resource: r',
      'access-denied',
      /ecs:StopTask.*arn:aws:ecs:eu-west-1:\*:task\/shop\/\*/,
    ],
  ] as const)('%s at %s (%s) is %s', async (...[name, action, text, code, words]) => {
    const error = await mapped(name, text, `ecs:${action}`)
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)])
  })

  test('quotes AWS on one line and within bounds', async () => {
    const hostile = `\u001B[2J\n${'x'.repeat(100_000)}`
    for (const name of [
      'InvalidParameterException',
      'PlatformUnknownException',
      'LimitExceededException',
      'UnsupportedFeatureException',
      'BlockedException',
    ]) {
      const { message } = await mapped(name, hostile, 'ecs:RunTask')
      expect(message.length).toBeLessThan(600)
      expect(message).not.toMatch(/\p{Cc}/u)
    }
  })

  test('is not recognized in an error of another service that has the same name', async () => {
    expect((await mapped('BlockedException', 'x', 'ssm:StartSession')).code).toBe('service')
  })
})
