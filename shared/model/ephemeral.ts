// Ephemeral sessions: a task like a service's, started for one session, that ends with its connection. Types only; times are epoch ms.

import type { WireError } from '../errors'
import type { LaunchType } from './container'

/** What a person decides of an ephemeral session. */
export interface EphemeralFields {
  readonly cluster: string
  readonly service: string
  /** Absent: the first essential container of the task definition. */
  readonly container?: string
  /** Executed in the container. Absent: `/bin/sh`. Readable in CloudTrail. */
  readonly command?: string
  /** Absent: 1,024. Rounded up to what the platform takes. */
  readonly memoryMiB?: number
  /** In units of 1/1,024 processor. Absent: what fits the memory. */
  readonly cpuUnits?: number
  /** Absent: that of the environment. */
  readonly ttlMinutes?: number
  /** Readable by ecs:DescribeTasks. */
  readonly variables?: Readonly<Record<string, string>>
  readonly reason?: string
}

/** What would be started, told before it is. */
export interface EphemeralPlan {
  readonly cluster: string
  readonly service: string
  readonly container: string
  readonly taskDefinition: string
  readonly launchType: LaunchType
  /** After rounding. `appMemoryMiB`: what the service's own tasks have. */
  readonly memoryMiB: number
  readonly cpuUnits: number
  readonly appMemoryMiB?: number
  readonly ttlMinutes: number
  readonly leaseMinutes: number
  /** The sessions that count against the limit, and the limit. */
  readonly open: number
  readonly limit: number
  /** What a person should know before it starts, one sentence each. */
  readonly warnings: readonly string[]
  /** Why it cannot be started, as a sentence; absent: it can. */
  readonly problem?: string
}

/** The steps of a start in their order. */
export const EPHEMERAL_STEPS = ['requested', 'pulling', 'starting', 'agent', 'proof', 'connected'] as const

/** A step of the start. */
export type EphemeralStep = (typeof EPHEMERAL_STEPS)[number]

/** The ephemeral session of a terminal. */
export interface EphemeralView {
  readonly operationId: string
  readonly cluster: string
  readonly service: string
  readonly container: string
  readonly command: string
  /** Absent before the task was requested. */
  readonly taskId?: string
  readonly memoryMiB?: number
  /** The steps that were reached, first to last, with when each began. */
  readonly steps: readonly { readonly step: EphemeralStep; readonly startAt: number }[]
  /** When it is ended, whether it is used or not. */
  readonly expiresAt?: number
  /** Present once the beat is refused: until when the container may outlive this connection. */
  readonly orphanUntil?: number
  /**
   * Present where the image has ignored the watcher's command: the task was stopped, and a definition of Culvert's own can be registered
   * instead, if a person agrees.
   */
  readonly offer?: { readonly kind: 'derived-definition'; readonly family: string }
}

/** An ephemeral session of the account, as AWS tells of its task. */
export interface OpenEphemeral {
  readonly cluster: string
  readonly taskId: string
  readonly operationId: string
  readonly owner: string
  readonly service?: string
  readonly startedAt?: number
  readonly expiresAt?: number
  /** `mine`: of this computer and alive here. `left-over`: of this computer, and nothing here holds it. `others`: any other. */
  readonly holder: 'mine' | 'left-over' | 'others'
}

/** The ephemeral sessions of the shown environment. */
export interface EphemeralListing {
  readonly sessions: readonly OpenEphemeral[]
  readonly limit: number
  /** Why some of them may be missing. */
  readonly problem?: WireError
}
