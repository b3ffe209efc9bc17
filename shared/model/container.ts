// Containers of Amazon ECS: services, tasks and their containers. Types, and the empty list; times are epoch ms; texts of AWS are bounded.

import type { WireError } from '../errors'

/** Where a task runs. EXTERNAL: on a machine of the account's own (ECS Anywhere). */
export type LaunchType = 'FARGATE' | 'EC2' | 'EXTERNAL'

/**
 * Why a command cannot be executed in a container now. `not-enabled`: its task was started without ECS Exec. `agent-pending` and
 * `agent-stopped`: the state of its exec agent. `no-task-role`: its task has no role, so the agent may not connect. `read-only-root`: the
 * agent cannot write its files. `platform-version`: the Fargate platform is too old. `shared-pid`: with `pidMode: task` only one container of
 * a task can be used. `not-running`: the container does not run.
 */
export type ExecObstacle =
  | 'not-enabled'
  | 'agent-pending'
  | 'agent-stopped'
  | 'no-task-role'
  | 'read-only-root'
  | 'platform-version'
  | 'shared-pid'
  | 'not-running'

/** Whether a command can be executed in a container. `reason`: what AWS says of its agent. */
export type ExecState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'blocked'; readonly obstacles: readonly ExecObstacle[]; readonly reason?: string }

/** What Culvert's tags say of a task that it has started for one ephemeral session. */
export interface EphemeralMark {
  /** `culvert:operation`. */
  readonly operationId: string
  /** `culvert:owner`: an ARN. */
  readonly owner: string
  /** `culvert:computer`: the installation, as in `sessionmark.ts`. */
  readonly computer?: string
  /** `culvert:expires`. */
  readonly expiresAt?: number
}

/** A container of a task. */
export interface Container {
  /** CLUSTER/TASK/NAME: unique in an account and region. */
  readonly id: string
  readonly cluster: string
  /** Absent: the task belongs to no service. */
  readonly service?: string
  readonly taskId: string
  readonly name: string
  /** The target of Systems Manager (`formatEcsPlace`); absent while the container has not been started. */
  readonly target?: string
  /** AWS's word: PENDING, RUNNING, STOPPED. */
  readonly state: string
  readonly startedAt?: number
  readonly exec: ExecState
  readonly launchType: LaunchType
  /** FAMILY:REVISION. */
  readonly taskDefinition: string
  readonly image?: string
  readonly privateIp?: string
  /** Present on a task of an ephemeral session. */
  readonly ephemeral?: EphemeralMark
}

/** A service of a cluster. */
export interface ContainerService {
  /** CLUSTER/NAME. */
  readonly id: string
  readonly cluster: string
  readonly name: string
  /** The tasks that it shall have, has running, and starts. */
  readonly desired: number
  readonly running: number
  readonly pending: number
  readonly taskDefinition: string
  readonly launchType: LaunchType
  /** Whether its new tasks are started with ECS Exec. */
  readonly hasExec: boolean
  /** Why no ephemeral session can be started like its tasks, as a sentence; absent: one can. */
  readonly ephemeralProblem?: string
}

/** The containers of the shown environment, as far as they are known. A failed refresh keeps the earlier list. */
export interface ContainerList {
  /** As in `InstanceList`. */
  readonly generation: number
  readonly state:
    /** Nothing is known yet. */
    | { readonly kind: 'loading' }
    | { readonly kind: 'ready' }
    /** `retryAt`: when Culvert lists again by itself. Absent: a person must act. */
    | { readonly kind: 'failed'; readonly error: WireError; readonly retryAt?: number }
  readonly services: readonly ContainerService[]
  readonly items: readonly Container[]
  /** As in `InstanceList`. */
  readonly total?: number
  readonly listedAt?: number
  /** What is missing and why, one sentence each. An account without ECS has an empty list and no notice. */
  readonly notices: readonly string[]
}

/** The list before anything is known. */
export const noContainers: ContainerList = {
  generation: 0,
  state: { kind: 'loading' },
  services: [],
  items: [],
  notices: [],
}
