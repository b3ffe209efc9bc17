// What AWS knows a task of an ephemeral session by: its starter and its tags. Pure.
//
// Source: ECS API reference, Tag: values have at most 256 letters, digits, spaces and _ . : / = + - @.

import { formatEcsTarget } from '../../../shared/ecstarget'
import type { TaskState } from '../../../shared/ecscalls'
import type { OpenEphemeral } from '../../../shared/model/ephemeral'

/** `startedBy` of every task of an ephemeral session, by which they are counted. */
export const STARTED_BY = 'culvert-ephemeral'

/** The tag of a task definition of Culvert's own, and of every task. */
export const OPERATION_TAG = 'culvert:operation'

const MAX_VALUE = 256

/** What the tags of a task say. */
export interface TaskMark {
  readonly operationId: string
  /** An ARN. */
  readonly owner: string
  /** The installation, as in `sessionmark.ts`. */
  readonly computer: string
  /** Epoch ms. */
  readonly expiresAt: number
  /** CLUSTER/SERVICE. */
  readonly service: string
}

/** The tags of a task. */
export function tagsOf({
  operationId,
  owner,
  computer,
  expiresAt,
  service,
}: TaskMark): Readonly<Record<string, string>> {
  const tags = {
    [OPERATION_TAG]: operationId,
    'culvert:owner': owner,
    'culvert:computer': computer,
    'culvert:expires': new Date(expiresAt).toISOString(),
    'culvert:service': service,
  }
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, tagValue(value)]))
}

/** How the output of its sessions is named in recordings and drains. The task is another one for each session: its operation tells which. */
export function capturedAs({ cluster, service }: { readonly cluster: string; readonly service: string }): {
  readonly target: string
  readonly targetName: string
} {
  return { target: formatEcsTarget({ cluster, of: { service } }), targetName: `${service} (ephemeral)` }
}

/** A text as the value of a tag: what AWS does not take becomes `_`. */
export function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.:/=+\-@]/gu, '_').slice(0, MAX_VALUE)
}

/** What a task with the starter of ephemeral sessions is; undefined: it is none of Culvert's. */
export function openOf(
  task: TaskState,
  { computer, isHeld }: { readonly computer: string; readonly isHeld: (operationId: string) => boolean },
): OpenEphemeral | undefined {
  const { [OPERATION_TAG]: operationId, 'culvert:service': service } = task.tags
  if (task.startedBy !== STARTED_BY || operationId === undefined) return undefined
  const expiresAt = Date.parse(task.tags['culvert:expires'] ?? '')
  const startedAt = task.startedAt ?? task.createdAt
  return {
    cluster: task.cluster,
    taskId: task.taskId,
    operationId,
    owner: task.tags['culvert:owner'] ?? '',
    ...(service === undefined ? {} : { service }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
    holder: isHeld(operationId)
      ? 'mine'
      : task.tags['culvert:computer'] === tagValue(computer)
        ? 'left-over'
        : 'others',
  }
}
