// Ends the tasks of ephemeral sessions that dead processes of this computer have left, and deregisters their definitions.
//
// A task that cannot be ended now is tried again every ten minutes; its watcher ends it anyway, once its lease is over. A task of another
// computer, and one that a living process holds, is never ended.

import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { Environment } from '../environments/environment'
import { Pause } from '../sessions/resume/retry'
import type { Journal } from '../store/journal'
import type { Held, Holdings } from './holdings'
import { tasksOf } from './stopping'

const AGAIN_MS = 10 * 60_000
/** Longer than any lease. */
const ATTEMPTS = 150

/** What ending needs. */
export interface LeftTaskOptions {
  readonly holdings: Holdings
  readonly environments: { readonly get: (ref: EnvironmentRef) => Promise<Pick<Environment, 'ecs'>> }
  readonly journal: { readonly add: (line: Parameters<Journal['add']>[0]) => unknown }
  /** An abort ends the attempts. */
  readonly signal: AbortSignal
}

/** Ends them, and writes their number to the journal. Never rejects. */
export async function endLeftTasks(options: LeftTaskOptions): Promise<void> {
  const { holdings, journal, signal } = options
  const pause = new Pause()
  const dead = await holdings.all().catch(() => [])
  let left = dead.filter(({ isAlive }) => !isAlive)
  for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
    if (attempt > 0) await pause.wait(AGAIN_MS, signal)
    const still: Held[] = []
    let ended = 0
    for (const held of left) {
      const count = await endOne(held, options)
      if (count === undefined) still.push(held)
      else ended += count
    }
    left = still
    if (ended > 0 && !signal.aborted) {
      const tasks = ended === 1 ? '1 ephemeral session' : `${ended} ephemeral sessions`
      journal.add({ tone: 'idle', subject: { kind: 'app' }, text: `Ended ${tasks} left open by an earlier run.` })
    }
  }
}

/** Resolves with the number of tasks that were stopped; undefined where it has to be tried again. */
async function endOne(held: Held, { holdings, environments, signal }: LeftTaskOptions): Promise<number | undefined> {
  const { environment: ref, cluster, operationId, definitionArn } = held
  try {
    // The Demo's tasks have ended with its process.
    if (ref.kind === 'demo') {
      await holdings.forget(operationId)
      return 0
    }
    const { ecs } = await environments.get(ref)
    const ids = await tasksOf(ecs, { cluster, operationId, signal })
    for (const id of ids) await ecs.stopTask(cluster, id, 'Culvert: its process has ended.', signal)
    if (definitionArn !== undefined) await ecs.deregisterTaskDefinition(definitionArn, signal)
    await holdings.forget(operationId)
    return ids.length
  } catch (error) {
    const isDenied = error instanceof AppError && error.code === 'access-denied'
    if (!isDenied) return undefined
    await holdings.forget(operationId).catch(() => undefined)
    return 0
  }
}
