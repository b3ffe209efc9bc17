// Instances: the machines that a session can be opened on, as EC2 and Systems Manager know them. Types only; units are in the names.

import type { WireError } from '../errors'

/** Where an instance's SSM agent stands. */
export type AgentStatus =
  | { readonly kind: 'online' }
  /** Managed, but its agent does not answer. `lastPingAt` is epoch ms. */
  | { readonly kind: 'offline'; readonly lastPingAt?: number }
  /** EC2 knows the machine, SSM does not: no agent, no role, or no way to reach the service. */
  | { readonly kind: 'unmanaged' }

/** A machine that a session can be opened on, merged from EC2 and SSM. */
export interface Instance {
  /** `i-…` for EC2, `mi-…` for a hybrid node. */
  readonly id: string
  readonly kind: 'ec2' | 'hybrid'
  /** The Name tag, else the computer's name, else "". Not unique. */
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly platform: 'linux' | 'windows' | 'macos' | 'unknown'
  /** EC2's word (running, stopped, …); "running" for a hybrid node. */
  readonly state: string
  readonly agent: AgentStatus
  readonly agentVersion?: string
  readonly privateIp?: string
}

/** The instances of the shown environment, as far as they are known. A failed refresh keeps what was there before. */
export interface InstanceList {
  /** Another number at each choice of an environment: lists of different ones are never mixed. */
  readonly generation: number
  readonly state:
    | { readonly kind: 'loading' }
    | { readonly kind: 'ready' }
    /** `retryAt`, epoch ms: Culvert lists again by itself then, or does so since then. Absent: a person must act. */
    | { readonly kind: 'failed'; readonly error: WireError; readonly retryAt?: number }
  readonly items: readonly Instance[]
  /** How many there are. Present in a window only, and only while some of them are still on their way to it. */
  readonly total?: number
  /** Epoch ms of the last complete listing. */
  readonly listedAt?: number
  /** What could not be asked for, as sentences. */
  readonly notices: readonly string[]
}
