// What the tasks of the simulated Amazon ECS share: how fast they start, where their processes run, who hears of their end. Types and
// defaults only.

import type { Rate } from '../api/throttle'
import type { FullAgent } from '../gateway/workers'
import type { World } from '../world/world'
import type { EcsClock } from './clock'
import type { ScaledClock } from './containers/filesystem'
import type { EcsPlace } from './names'
import type { Task } from './task'

/** How long a task takes from one state to the next, in real ms. */
interface TaskDelays {
  /** PROVISIONING: a network interface is made. */
  readonly provisioningMs: number
  /** PENDING: the images are pulled. */
  readonly pullMs: number
  /** From the start of a container until its exec agent runs. */
  readonly agentMs: number
}

/** The delays unless options say otherwise, in seconds of the service. Fargate takes 20 to 60 in all. */
export const USUAL_SECONDS = { provisioning: 4, pull: 5, agent: 3 } as const

/** How containers are simulated. Everything has a default. */
export interface ContainerOptions {
  /** Services of one task with one container each, beside the Demo's own. */
  readonly services?: number
  /** Real ms, whatever the clock is. */
  readonly delays?: Partial<TaskDelays>
  /** `scaled`: `date` and `sleep` in containers run as fast as the service's clock. `real` unless said otherwise. */
  readonly clock?: 'real' | 'scaled'
  /** What the agent in a container does with a third session; `silent` unless said otherwise. */
  readonly full?: FullAgent
  /** The sessions that an agent in a container runs at once; 2 unless said otherwise. */
  readonly sessionLimit?: number
  /**
   * What becomes of the sessions to a container that has stopped. `lose`, the default: the agent dies with its container and says nothing,
   * so the service does not learn of it. `end`: they end.
   */
  readonly sessionsOfStopped?: 'end' | 'lose'
  /** How often the operations of Amazon ECS may be called, all together; as often as they are called unless given. */
  readonly rate?: Rate
  /** Whether this computer runs containers; where it does not, RunTask says so. */
  readonly canRun?: boolean
}

/** See above. */
export interface TaskStage {
  readonly place: EcsPlace
  readonly clock: EcsClock
  readonly world: World
  readonly delays: TaskDelays
  /** The simulator's folder. */
  readonly folder: string
  readonly hasPty: boolean
  readonly scaled: ScaledClock | undefined
  readonly full: FullAgent
  readonly sessionLimit: number
  readonly canRun: boolean
  /** A container has stopped, which Systems Manager knows by this target. */
  readonly onGone: (target: string) => void
  readonly onStopped: (task: Task) => void
}
