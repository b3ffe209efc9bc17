// The status of a job: the exit code of its container, which the watcher has taken over from the command.

import type { EcsCalls } from '../../../shared/ecscalls'
import { Pause } from '../sessions/resume/retry'
import type { StartedTask } from './starting'
import type { EphemeralTiming } from './timing'

/** Resolves with the status once AWS tells it; undefined where it does not in time. Rejects as the calls do. */
export async function statusOf(
  { cluster, taskId, container }: StartedTask,
  {
    ecs,
    timing,
    now,
    signal,
  }: {
    readonly ecs: Pick<EcsCalls, 'describeTasks'>
    readonly timing: Pick<EphemeralTiming, 'pollMs' | 'statusMs'>
    readonly now: () => number
    readonly signal: AbortSignal
  },
): Promise<number | undefined> {
  const pause = new Pause()
  const until = now() + timing.statusMs
  for (;;) {
    const [task] = await ecs.describeTasks(cluster, [taskId], signal)
    const exitCode = task?.containers.find(({ name }) => name === container)?.exitCode
    if (exitCode !== undefined || task?.lastStatus === 'STOPPED' || now() >= until) return exitCode
    await pause.wait(timing.pollMs, signal)
    signal.throwIfAborted()
  }
}
