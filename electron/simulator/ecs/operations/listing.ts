// The operations that list and describe: clusters, services, tasks, task definitions.
//
// Source: ECS API reference, ListClusters, DescribeClusters, ListServices, DescribeServices, ListTasks, DescribeTasks,
// DescribeTaskDefinition.

import * as z from 'zod'
import { fault, reply, type Answer, type Fault } from '../../api/answers'
import type { Json } from '../../api/operation'
import { pageOf } from '../../api/paging'
import { describeCluster, describeDefinition, describeService, describeTask } from './describing'
import { clusterArn, clusterOf, serviceArn, shortName, taskArn, type EcsPlace } from '../names'
import { ecsOperation, unknownCluster, type EcsOperation } from './operation'
import { listTags } from '../shapes'

const cluster = z.string().optional()
const nextToken = z.string().optional()
const include = z.array(z.string()).default([])
const pageSize = (usual: number): z.ZodDefault<z.ZodNumber> => z.number().int().default(usual)
const MAX_PAGE = 100
const MAX_SERVICES = 10
const MAX_TASKS = 100

function invalid(message: string): Fault {
  return fault('InvalidParameterException', message)
}

function pageReply(
  name: string,
  arns: readonly string[],
  request: { readonly scope: unknown; readonly size: number; readonly token: string | undefined },
): Answer<Json> {
  if (request.size < 1 || request.size > MAX_PAGE) return invalid('maxResults must be between 1 and 100.')
  const page = pageOf(arns, { ...request, scope: JSON.stringify([name, request.scope]) })
  if (page === undefined) return invalid('Invalid token')
  return reply({ [name]: page.items, nextToken: page.nextToken })
}

function missing(arn: string): Json {
  return { arn, reason: 'MISSING' }
}

const listClusters = ecsOperation(z.object({ maxResults: pageSize(MAX_PAGE), nextToken }), (request, { account }) =>
  pageReply(
    'clusterArns',
    account.clusters.map((name) => clusterArn(account.place, name)),
    { scope: '', size: request.maxResults, token: request.nextToken },
  ),
)

const describeClusters = ecsOperation(
  z.object({ clusters: z.array(z.string()).max(100).default(['default']), include }),
  (request, { account }) => {
    const names = request.clusters.map(shortName)
    return reply({
      clusters: names.filter((name) => account.hasCluster(name)).map((name) => describeCluster(account, name)),
      failures: names
        .filter((name) => !account.hasCluster(name))
        .map((name) => missing(clusterArn(account.place, name))),
    })
  },
)

const listServices = ecsOperation(
  z.object({
    cluster,
    maxResults: pageSize(10),
    nextToken,
    launchType: z.string().optional(),
    schedulingStrategy: z.string().optional(),
  }),
  (request, { account }) => {
    const name = shortName(request.cluster)
    if (!account.hasCluster(name)) return unknownCluster()
    const { launchType, schedulingStrategy } = request
    const found = account
      .servicesOf(name)
      .filter(
        ({ setting }) =>
          launchType === undefined || (setting.capacityProvider === undefined && setting.launchType === launchType),
      )
      .filter(() => schedulingStrategy === undefined || schedulingStrategy === 'REPLICA')
    return pageReply(
      'serviceArns',
      found.map(({ setting }) => serviceArn(account.place, name, setting.name)),
      { scope: [name, launchType, schedulingStrategy], size: request.maxResults, token: request.nextToken },
    )
  },
)

const describeServices = ecsOperation(
  z.object({ cluster, services: z.array(z.string()), include }),
  (request, { account }) => {
    const name = shortName(request.cluster)
    if (!account.hasCluster(name)) return unknownCluster()
    if (request.services.length === 0) return invalid('Services cannot be empty.')
    if (request.services.length > MAX_SERVICES) return invalid('The maximum number of services to describe is 10.')
    const found = request.services.map((text) => ({
      text,
      // An ARN of another cluster is no service of this one.
      service: (clusterOf(text) ?? name) === name ? account.service(name, shortName(text)) : undefined,
    }))
    return reply({
      services: found.flatMap(({ service }) =>
        service === undefined ? [] : [describeService(account, service, request.include.includes('TAGS'))],
      ),
      failures: found
        .filter(({ service }) => service === undefined)
        .map(({ text }) => missing(serviceArn(account.place, name, shortName(text)))),
    })
  },
)

const listTasks = ecsOperation(
  z.object({
    cluster,
    family: z.string().optional(),
    serviceName: z.string().optional(),
    startedBy: z.string().optional(),
    desiredStatus: z.enum(['RUNNING', 'PENDING', 'STOPPED']).optional(),
    launchType: z.string().optional(),
    containerInstance: z.string().optional(),
    maxResults: pageSize(MAX_PAGE),
    nextToken,
  }),
  (request, { account }) => {
    const name = shortName(request.cluster)
    if (!account.hasCluster(name)) return unknownCluster()
    const { family, serviceName, startedBy, desiredStatus, launchType, containerInstance } = request
    const others = [family, serviceName, desiredStatus, launchType, containerInstance]
    if (startedBy !== undefined && others.some((filter) => filter !== undefined)) {
      return invalid('startedBy must be the only filter.')
    }
    if (serviceName !== undefined && family !== undefined) return invalid('cannot specify both family and serviceName.')
    const service = serviceName === undefined ? undefined : shortName(serviceName)
    if (service !== undefined && account.service(name, service) === undefined) {
      return fault('ServiceNotFoundException', 'Service not found.')
    }
    const found = account
      .tasksOf(name)
      .filter((task) => task.desiredStatus === (desiredStatus ?? 'RUNNING'))
      .filter((task) => service === undefined || task.service === service)
      .filter(({ making }) => startedBy === undefined || making.startedBy === startedBy)
      .filter(({ making }) => family === undefined || making.definition.family === family)
      .filter(({ making }) => launchType === undefined || making.launchType === launchType)
      .filter(() => containerInstance === undefined)
    return pageReply(
      'taskArns',
      found.map(({ id }) => taskArn(account.place, name, id)),
      { scope: [name, startedBy, ...others], size: request.maxResults, token: request.nextToken },
    )
  },
)

// A task of another cluster is missing here, whichever way it is named.
function missingTask(place: EcsPlace, name: string, text: string): Json {
  return missing(text.startsWith('arn:') ? text : taskArn(place, name, text))
}

const describeTasks = ecsOperation(
  z.object({ cluster, tasks: z.array(z.string()), include }),
  (request, { account }) => {
    const name = shortName(request.cluster)
    if (!account.hasCluster(name)) return unknownCluster()
    if (request.tasks.length === 0) return invalid('Tasks cannot be empty.')
    if (request.tasks.length > MAX_TASKS) return invalid('The maximum number of tasks to describe is 100.')
    const found = request.tasks.map((text) => ({ text, task: account.task(name, text) }))
    const hasTags = request.include.includes('TAGS')
    return reply({
      tasks: found.flatMap(({ task }) => (task === undefined ? [] : [describeTask(account.place, task, hasTags)])),
      failures: found
        .filter(({ task }) => task === undefined)
        .map(({ text }) => missingTask(account.place, name, text)),
    })
  },
)

const describeTaskDefinition = ecsOperation(
  z.object({ taskDefinition: z.string(), include }),
  (request, { account }) => {
    const found = account.definitions.find(request.taskDefinition)
    if (found === undefined) return fault('ClientException', 'Unable to describe task definition.')
    return reply({
      taskDefinition: describeDefinition(found),
      ...(request.include.includes('TAGS') ? { tags: listTags(found.labels) } : {}),
    })
  },
)

/** See above, by name. */
export const listOperations: readonly (readonly [string, EcsOperation])[] = [
  ['ListClusters', listClusters],
  ['DescribeClusters', describeClusters],
  ['ListServices', listServices],
  ['DescribeServices', describeServices],
  ['ListTasks', listTasks],
  ['DescribeTasks', describeTasks],
  ['DescribeTaskDefinition', describeTaskDefinition],
]
