// What the tests of this room share: answers in the form of ECS, and an account whose calls a stand-in answers.

import { jsonError, type Answer, type Asked } from '../../../e2e/kit/aws/awsstandin'

/** The ids of tasks. */
export const TASK = 'a'.repeat(32)
export const OTHER_TASK = 'b'.repeat(32)

const ARN = 'arn:aws:ecs:eu-central-1:111122223333'

/** The ARN of a thing: `cluster/shop`, `task/shop/ID`. */
export function arnOf(rest: string): string {
  return `${ARN}:${rest}`
}

/** A task of a service, with one container `app` whose agent runs. */
export function taskOf(id: string, fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    taskArn: arnOf(`task/shop/${id}`),
    clusterArn: arnOf('cluster/shop'),
    taskDefinitionArn: arnOf('task-definition/web:7'),
    group: 'service:web',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    enableExecuteCommand: true,
    startedAt: 1_700_000_000,
    containers: [containerOf('app', `${id}-1`)],
    ...fields,
  }
}

/** A container of a task. */
export function containerOf(
  name: string,
  runtimeId: string,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    name,
    runtimeId,
    lastStatus: 'RUNNING',
    image: `example/${name}:1`,
    networkInterfaces: [{ privateIpv4Address: '10.0.0.7' }],
    managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }],
    ...fields,
  }
}

/** A service. */
export function serviceOf(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    serviceArn: arnOf(`service/shop/${name}`),
    serviceName: name,
    clusterArn: arnOf('cluster/shop'),
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 1,
    pendingCount: 1,
    launchType: 'FARGATE',
    enableExecuteCommand: true,
    taskDefinition: arnOf('task-definition/web:7'),
    ...fields,
  }
}

/** A denial as ECS words it. */
export function denied(action: string): Answer {
  return jsonError(
    'AccessDeniedException',
    `User: arn:aws:iam::111122223333:user/ann is not authorized to perform: ecs:${action} on resource: * because no identity-based policy allows the ecs:${action} action`,
  )
}

/** Answers each operation by its name. An operation without an entry gets an empty answer. */
export function answering(
  answers: Readonly<Record<string, Answer | ((input: Asked['input']) => Answer)>>,
): (asked: Asked) => Answer {
  return ({ action, input }) => {
    const answer = answers[action] ?? { json: {} }
    return typeof answer === 'function' ? answer(input) : answer
  }
}
