// The data that every room, host and window speaks of. Plain and readonly; units are in the names.

import type { WireError } from './errors'

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

/** Who we are at AWS. */
export interface Identity {
  readonly accountId: string
  readonly arn: string
}

/** How a running forward stands. Each state carries its own data. */
export type TunnelState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'up'; readonly sinceAt: number; readonly sessionId: string }
  | { readonly kind: 'reconnecting'; readonly sinceAt: number; readonly cause: WireError }
  | { readonly kind: 'failed'; readonly error: WireError }

/** Something that happened to a forward which its state does not tell. */
export type TunnelEvent =
  | { readonly kind: 'connection-opened'; readonly connectionId: number }
  | {
      readonly kind: 'connection-closed'
      readonly connectionId: number
      readonly bytesUp: number
      readonly bytesDown: number
    }
  | { readonly kind: 'connection-failed'; readonly connectionId: number; readonly error: WireError }
  | { readonly kind: 'resumed'; readonly pausedMs: number; readonly connectionsKept: number }
  /** Said once where a loopback address could not be bound. */
  | { readonly kind: 'notice'; readonly text: string }

/** A forward that is open in this process. */
export interface ForwardView {
  readonly id: string
  readonly instanceId: string
  readonly remotePort: number
  /** Absent: the instance itself. */
  readonly remoteHost?: string
  /** 0 until the listener is bound. */
  readonly localPort: number
  readonly state: TunnelState
  readonly openConnections: number
  readonly lastError?: WireError
}

/** A terminal that is open in this process. */
export interface TerminalView {
  readonly id: string
  readonly instanceId: string
  readonly state:
    | { readonly kind: 'connecting' }
    | { readonly kind: 'open' }
    | { readonly kind: 'reconnecting' }
    | { readonly kind: 'ended'; readonly text: string; readonly error?: WireError }
}

/** The whole state that a window mirrors. */
export interface Snapshot {
  readonly environment: {
    readonly name: string
    readonly region: string
    readonly isDemo: boolean
    readonly identity?: Identity
  }
  readonly forwards: readonly ForwardView[]
  readonly terminals: readonly TerminalView[]
}
