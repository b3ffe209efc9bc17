// What each operation of Amazon ECS asks of IAM: its action on ARNs, and the roles and tags that go with it. Pure.
//
// Source: Service Authorization Reference, "Amazon Elastic Container Service"; ECS developer guide, "Tag resources on creation".

import * as z from 'zod'
import type { Demand, Resource } from '../../iam/policy'
import type { EcsAccount } from '../account'
import { clusterArn, clusterOf, definitionArn, serviceArn, shortName, taskArn } from '../names'

const text = z.string().optional().catch(undefined)
const texts = z.array(z.string()).catch([])

const request = z
  .object({
    cluster: text,
    clusters: texts,
    services: texts,
    task: text,
    tasks: texts,
    taskDefinition: text,
    resourceArn: text,
    family: text,
    taskRoleArn: text,
    executionRoleArn: text,
    tags: z.array(z.unknown()).catch([]),
    overrides: z.object({ taskRoleArn: text, executionRoleArn: text }).catch({}),
    volumeConfigurations: z.array(z.object({ managedEBSVolume: z.object({ roleArn: text }).optional() })).catch([]),
  })
  .catch({
    clusters: [],
    services: [],
    tasks: [],
    tags: [],
    overrides: {},
    volumeConfigurations: [],
  })

type Request = z.output<typeof request>

const EVERY: Resource = ['*']

function passRoles(roles: readonly (string | undefined)[]): Demand[] {
  return [...new Set(roles)].flatMap((role) =>
    role === undefined ? [] : [{ action: 'iam:PassRole', resources: [[role]] }],
  )
}

function tagging(given: Request, resource: string): Demand[] {
  return given.tags.length === 0 ? [] : [{ action: 'ecs:TagResource', resources: [[resource]] }]
}

function forRun(given: Request, account: EcsAccount): Demand[] {
  const { place } = account
  const named = given.taskDefinition ?? ''
  // AWS looks the newest revision up before it asks the policy.
  const definition = account.definitions.find(named)
  const family = shortName(named).split(':')[0] ?? ''
  const arn = definition?.arn ?? definitionArn(place, family, '*')
  const { overrides, volumeConfigurations } = given
  return [
    { action: 'ecs:RunTask', resources: [[arn]] },
    ...tagging(given, taskArn(place, shortName(given.cluster), '*')),
    ...passRoles([
      overrides.taskRoleArn ?? definition?.taskRoleArn,
      overrides.executionRoleArn ?? definition?.executionRoleArn,
      ...volumeConfigurations.map(({ managedEBSVolume }) => managedEBSVolume?.roleArn),
    ]),
  ]
}

/** What an operation asks for; each demand has to be allowed. `body` is the request, not yet checked. */
export function ecsDemands(operation: string, body: unknown, account: EcsAccount): readonly Demand[] {
  const given = request.parse(body)
  const { place } = account
  const action = `ecs:${operation}`
  const cluster = shortName(given.cluster)
  const tasks = (ids: readonly string[]): Resource[] => ids.map((id) => [taskArn(place, cluster, shortName(id))])
  const on = (resources: readonly Resource[]): Demand[] => [
    { action, resources: resources.length === 0 ? [EVERY] : resources },
  ]
  switch (operation) {
    case 'DescribeClusters':
      return on(given.clusters.map((name) => [clusterArn(place, shortName(name))]))
    case 'DescribeServices':
      return on(given.services.map((name) => [serviceArn(place, clusterOf(name) ?? cluster, shortName(name))]))
    case 'DescribeTasks':
      return on(tasks(given.tasks))
    case 'StopTask':
      return on(tasks([given.task ?? '']))
    case 'ListTasks':
      return on([[`${clusterArn(place, cluster).replace(':cluster/', ':container-instance/')}/*`]])
    case 'ExecuteCommand':
      return on([[clusterArn(place, cluster)], ...tasks([given.task ?? ''])])
    case 'RunTask':
      return forRun(given, account)
    case 'RegisterTaskDefinition': {
      const arn = definitionArn(place, given.family ?? '', '*')
      return [...on([[arn]]), ...tagging(given, arn), ...passRoles([given.taskRoleArn, given.executionRoleArn])]
    }
    case 'TagResource':
      return on([[given.resourceArn ?? '*']])
    default:
      return on([EVERY])
  }
}
