// Instances: machines that allow sessions, as EC2 and Systems Manager list them. Types only; units are in the names.

import type { WireError } from '../errors'

/** The state of an instance's SSM agent. */
export type AgentStatus =
  | { readonly kind: 'online' }
  /** Managed, but its agent does not answer. `lastPingAt` is epoch ms. */
  | { readonly kind: 'offline'; readonly lastPingAt?: number }
  /** EC2 lists the machine, SSM does not: no agent, no role, or no connection to the service. */
  | { readonly kind: 'unmanaged' }

/** A tag that instances are listed by: its key and its value. */
export type TagPair = readonly [key: string, value: string]

/** A machine on which a session can be opened, merged from EC2 and SSM; or a container, where it is the host of a session. */
export interface Instance {
  /** `i-…` for EC2, `mi-…` for a hybrid node, `ecs:…` for a container. */
  readonly id: string
  /** Lists have no containers. */
  readonly kind: 'ec2' | 'hybrid' | 'ecs'
  /** The Name tag, else the computer's name, else "". Not unique. */
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly platform: 'linux' | 'windows' | 'macos' | 'unknown'
  /** The state in EC2's words (running, stopped, …); "running" for a hybrid node. */
  readonly state: string
  readonly agent: AgentStatus
  readonly agentVersion?: string
  readonly privateIp?: string
  /** The name of the attached instance profile; "": none is attached. Absent where EC2 has not described the machine. */
  readonly instanceProfile?: string
  /** Epoch ms: when EC2 launched it last, or when a hybrid node was registered. */
  readonly launchedAt?: number
}

/** The instances of the shown environment, as far as they are known. A failed refresh keeps the earlier list. */
export interface InstanceList {
  /** Changes whenever an environment is chosen: lists of different generations are never mixed. */
  readonly generation: number
  readonly state:
    | { readonly kind: 'loading' }
    | { readonly kind: 'ready' }
    /** `retryAt`, epoch ms: when Culvert lists again by itself, or began to. Absent: a person must act. */
    | { readonly kind: 'failed'; readonly error: WireError; readonly retryAt?: number }
  readonly items: readonly Instance[]
  /** The total number. Only in a window, and only while some instances are still on their way to it. */
  readonly total?: number
  /** Epoch ms of the last complete listing. */
  readonly listedAt?: number
  /** The missing parts of the list and why they are missing, one sentence each. */
  readonly notices: readonly string[]
}
