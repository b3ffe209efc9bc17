// The lists of names that ECS gives page by page, and the descriptions of what they name.
//
// Owns the size of a page and of a call. Source: ECS API reference: ListClusters, ListServices and ListTasks give up to 100 names;
// DescribeServices takes 10, DescribeTasks 100.

import type { Service, Task } from '@aws-sdk/client-ecs'
import { everyPage, type Pages } from '../pages'
import type { EcsParts } from './parts'

const PAGE = 100
const SERVICES_OF_CALL = 10
const TASKS_OF_CALL = 100

/** Which tasks are listed: those of a cluster that are wanted to run, or of one service of it. */
export interface TaskQuery {
  readonly cluster: string
  readonly service?: string
}

function arnPages(
  maxItems: number,
  ask: (page: { readonly maxResults: number; readonly nextToken?: string }) => Promise<{
    readonly arns: readonly string[] | undefined
    readonly next: string | undefined
  }>,
): Promise<Pages<string>> {
  return everyPage({
    maxItems,
    sizeOf: (arn) => arn.length,
    ask: async ({ NextToken: token }) => {
      const { arns, next } = await ask({ maxResults: PAGE, ...(token === undefined ? {} : { nextToken: token }) })
      return { items: arns ?? [], next }
    },
  })
}

/** The ARNs of the clusters. */
export function listClusters({ send }: EcsParts, maxItems: number, signal: AbortSignal): Promise<Pages<string>> {
  return arnPages(maxItems, async (page) => {
    const answer = await send({ action: 'ecs:ListClusters' }, signal, async (client, options) => {
      const { ListClustersCommand } = await import('@aws-sdk/client-ecs')
      return client.send(new ListClustersCommand(page), options)
    })
    return { arns: answer.clusterArns, next: answer.nextToken }
  })
}

/** The ARNs of a cluster's services. */
export function listServices(
  { send }: EcsParts,
  { cluster, maxItems }: { readonly cluster: string; readonly maxItems: number },
  signal: AbortSignal,
): Promise<Pages<string>> {
  return arnPages(maxItems, async (page) => {
    const answer = await send({ action: 'ecs:ListServices', about: { cluster } }, signal, async (client, options) => {
      const { ListServicesCommand } = await import('@aws-sdk/client-ecs')
      return client.send(new ListServicesCommand({ cluster, ...page }), options)
    })
    return { arns: answer.serviceArns, next: answer.nextToken }
  })
}

/** The ARNs of tasks that are wanted to run. */
export function listTasks(
  { send }: EcsParts,
  { cluster, service, maxItems }: TaskQuery & { readonly maxItems: number },
  signal: AbortSignal,
): Promise<Pages<string>> {
  const by = service === undefined ? {} : { serviceName: service }
  const about = { cluster, ...(service === undefined ? {} : { service }) }
  return arnPages(maxItems, async (page) => {
    const answer = await send({ action: 'ecs:ListTasks', about }, signal, async (client, options) => {
      const { ListTasksCommand } = await import('@aws-sdk/client-ecs')
      return client.send(new ListTasksCommand({ cluster, ...by, ...page }), options)
    })
    return { arns: answer.taskArns, next: answer.nextToken }
  })
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** Services by their names or ARNs; one that has gone meanwhile is left out. */
export async function describeServices(
  { send }: EcsParts,
  { cluster, services }: { readonly cluster: string; readonly services: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Service[]> {
  const answers = await Promise.all(
    chunks(services, SERVICES_OF_CALL).map(async (some) =>
      send({ action: 'ecs:DescribeServices', about: { cluster } }, signal, async (client, options) => {
        const { DescribeServicesCommand } = await import('@aws-sdk/client-ecs')
        return client.send(new DescribeServicesCommand({ cluster, services: some }), options)
      }),
    ),
  )
  return answers.flatMap((answer) => answer.services ?? [])
}

/** Tasks by their ids or ARNs, with their tags; one that ECS no longer knows is left out. */
export async function describeTasks(
  { send }: EcsParts,
  { cluster, tasks }: { readonly cluster: string; readonly tasks: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Task[]> {
  const answers = await Promise.all(
    chunks(tasks, TASKS_OF_CALL).map(async (some) =>
      send({ action: 'ecs:DescribeTasks', about: { cluster } }, signal, async (client, options) => {
        const { DescribeTasksCommand } = await import('@aws-sdk/client-ecs')
        return client.send(new DescribeTasksCommand({ cluster, tasks: some, include: ['TAGS'] }), options)
      }),
    ),
  )
  return answers.flatMap((answer) => answer.tasks ?? [])
}
