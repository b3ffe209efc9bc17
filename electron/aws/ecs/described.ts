// Describes one container by the id that Systems Manager has for it, for a tunnel that asks whether its host is gone.

import type { EcsCalls } from '../../../shared/ecscalls'
import { formatEcsPlace, type EcsPlace } from '../../../shared/ecstarget'
import type { Instance } from '../../../shared/model/instance'

/** Undefined where ECS no longer knows the task, or the container is not in it. Rejects as the call does. */
export async function describeContainer(
  ecs: Pick<EcsCalls, 'describeTasks'>,
  place: EcsPlace,
  signal: AbortSignal,
): Promise<Instance | undefined> {
  const { cluster, taskId, runtimeId } = place
  const [task] = await ecs.describeTasks(cluster, [taskId], signal)
  const container = task?.containers.find((one) => one.runtimeId === runtimeId)
  if (task === undefined || container === undefined) return undefined
  // A task that is being stopped still runs its containers for a while. A tunnel leaves the task once its exec agent has stopped.
  const status = container.lastStatus === 'RUNNING' ? task.lastStatus : container.lastStatus
  return {
    id: formatEcsPlace(place),
    kind: 'ecs',
    name: container.name,
    tags: {},
    platform: 'unknown',
    state: status.toLowerCase(),
    agent: container.execAgent === 'RUNNING' ? { kind: 'online' } : { kind: 'offline' },
    ...(task.startedAt === undefined ? {} : { launchedAt: task.startedAt }),
  }
}
