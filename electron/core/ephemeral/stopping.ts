// The end of a task: StopTask, also where the answer of RunTask was lost and its id is not known.

import type { EcsCalls } from '../../../shared/ecscalls'
import { asAppError, type AppError } from '../../../shared/errors'
import { OPERATION_TAG, STARTED_BY } from './marks'

/** How long ending may take: doors wait 5 s at a quit. */
const STOP_MS = 10_000

/** Stops a task. Resolves with the error where that failed. */
export async function stopTask(
  ecs: Pick<EcsCalls, 'stopTask' | 'tasksStartedBy'>,
  task: {
    readonly cluster: string
    /** Undefined: not known; the task is found by its operation. */
    readonly taskId: string | undefined
    readonly operationId: string
    readonly reason: string
  },
): Promise<AppError | undefined> {
  const { cluster, taskId, operationId, reason } = task
  const signal = AbortSignal.timeout(STOP_MS)
  try {
    const ids = taskId === undefined ? await tasksOf(ecs, { cluster, operationId, signal }) : [taskId]
    for (const id of ids) await ecs.stopTask(cluster, id, reason, signal)
    return undefined
  } catch (error) {
    return asAppError(error)
  }
}

/** The ids of the tasks of an operation. */
export async function tasksOf(
  ecs: Pick<EcsCalls, 'tasksStartedBy'>,
  {
    cluster,
    operationId,
    signal,
  }: { readonly cluster: string; readonly operationId: string; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const tasks = await ecs.tasksStartedBy(cluster, STARTED_BY, signal)
  return tasks.filter(({ tags }) => tags[OPERATION_TAG] === operationId).map(({ taskId }) => taskId)
}
