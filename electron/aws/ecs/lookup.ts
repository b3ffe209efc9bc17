// The containers of one service or of one task, for a TARGET. The error for an unknown name lists the names that exist.

import type { EcsCalls } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { Container } from '../../../shared/model/container'
import { containersOfTask } from './containers'
import type { Definitions } from './definitions'
import { describeTasks, listClusters, listServices, listTasks } from './pagelists'
import type { EcsParts } from './parts'
import { lastPart } from './taskstate'

/** Tasks that are read of one service: enough to choose one from. */
const MAX_TASKS = 1_000
/** Names that an error lists. */
const MAX_NAMED = 10

type Where = Parameters<EcsCalls['containersOf']>[0]

/** See `EcsCalls`. */
export async function containersOf(
  parts: EcsParts,
  definitions: Definitions,
  { where, signal }: { readonly where: Where; readonly signal: AbortSignal },
): Promise<readonly Container[]> {
  const { cluster, service, taskId } = where
  try {
    const tasks =
      taskId === undefined
        ? (
            await listTasks(
              parts,
              { cluster, ...(service === undefined ? {} : { service }), maxItems: MAX_TASKS },
              signal,
            )
          ).items
        : [taskId]
    const found = tasks.length === 0 ? [] : await describeTasks(parts, { cluster, tasks }, signal)
    if (taskId !== undefined && found.length === 0) {
      const text = `There is no task ${taskId} in the cluster ${cluster}, or it stopped an hour ago or more: list the containers again.`
      throw new AppError('unknown-instance', text)
    }
    const arns = new Set(found.map((task) => task.taskDefinitionArn ?? ''))
    await Promise.all([...arns].map((arn) => readable(definitions.get(arn, signal))))
    return found.flatMap((task) => containersOfTask(task, definitions.known(task.taskDefinitionArn ?? '')))
  } catch (error) {
    throw await withNames(error, parts, { where, signal })
  }
}

/** Waits for a definition, which orders the containers and explains their obstacles. Where reading it is denied, the list goes without. */
async function readable(reading: Promise<unknown>): Promise<void> {
  try {
    await reading
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'access-denied') throw error
  }
}

/** Adds the names that exist to the error of an unknown cluster or service; returns any other error unchanged. */
async function withNames(
  error: unknown,
  parts: EcsParts,
  { where, signal }: { readonly where: Where; readonly signal: AbortSignal },
): Promise<unknown> {
  if (!(error instanceof AppError) || error.code !== 'unknown-instance') return error
  const { cluster, service } = where
  const cause = error.cause instanceof Error ? error.cause.name : ''
  const names =
    cause === 'ClusterNotFoundException'
      ? await listed(() => listClusters(parts, 100, signal))
      : cause === 'ServiceNotFoundException' && service !== undefined
        ? await listed(() => listServices(parts, { cluster, maxItems: 100 }, signal))
        : undefined
  if (names === undefined) return error
  const there = names.length === 0 ? 'There are none.' : `There are: ${names.slice(0, MAX_NAMED).join(', ')}`
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more.` : names.length === 0 ? '' : '.'
  return new AppError('unknown-instance', `${error.message} ${there}${more}`, { cause: error, command: error.command })
}

async function listed(
  list: () => Promise<{ readonly items: readonly string[] }>,
): Promise<readonly string[] | undefined> {
  try {
    return (await list()).items.map((arn) => lastPart(arn)).toSorted()
  } catch {
    // Without the names the error is still complete.
    return undefined
  }
}
