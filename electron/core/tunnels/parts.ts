// The types between a tunnel and its owner: its options, its callbacks, its methods. Types only.

import type { DocumentChoice } from '../../../shared/model/document'
import type { CheckedLeg, HostName, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { Identity } from '../../../shared/model/environment'
import type { Instance } from '../../../shared/model/instance'
import type { ConnectionStatus } from '../../../shared/session'
import type { ReceiveBudget } from '../../ssm/port/budget'
import type { ConnectionBudget } from './budgets'
import type { TunnelCounters } from './health'
import type { SessionRules } from '../sessions/request/documents'
import type { SessionService } from '../sessions/parts'
import type { ResumePermission } from '../sessions/resume/permission'
import type { Wakeable } from '../sessions/wakeable'
import type { Timing } from '../sessions/timing'

/** The calls to AWS that a tunnel needs. */
export interface TunnelService extends SessionService {
  /** Undefined when neither EC2 nor SSM knows the id. */
  describeTarget(id: string, signal: AbortSignal): Promise<Instance | undefined>
  /** Whether the target's agent is connected now. */
  connectionStatus(target: string, signal: AbortSignal): Promise<ConnectionStatus>
  /** Who the caller is. Needs no permission, so it fails only because of credentials or the network. */
  identity(signal: AbortSignal): Promise<Identity>
}

/** Picks the host of each session of a tunnel. */
export interface HostPick {
  /** Whether a host that is out of reach is left for another one. False for one that a person has named, and for a Name. */
  readonly canMove: boolean
  /**
   * Picks the host of the next session. `current`: the host of the session before; `isLeft`: it is out of reach, and is picked only if
   * there is no other. Rejects with the codes of finding one.
   */
  next(current: HostName | undefined, isLeft: boolean, signal: AbortSignal): Promise<HostName>
}

/** What to forward, and the callbacks. */
export interface TunnelOptions {
  readonly service: TunnelService
  readonly budget: ReceiveBudget
  /** Shared by all forwards of the process. */
  readonly connectionBudget: ConnectionBudget
  /** See `SessionOptions`. */
  readonly wakeables: Set<Wakeable>
  /** See `SessionOptions`. */
  readonly permission: ResumePermission
  readonly timing: Timing
  /** An id, or what picks the host of each session. */
  readonly target: string | HostPick
  readonly remotePort: number
  /** A host that the instance resolves and connects to; absent: the instance itself. */
  readonly remoteHost?: string
  /** The session document; absent: the environment's, or AWS's. */
  readonly document?: DocumentChoice
  /** A fixed local port; absent: one is chosen. */
  readonly localPort?: number
  readonly reason?: string
  /** The rules of the environment; absent: there are none. */
  readonly rules?: SessionRules
  /** The limit of local connections, read at each new connection. Absent or undefined: no limit. */
  readonly maxConnections?: () => number | undefined
  /** Called when the local port is bound. No connection carries data before the state is `up`. */
  readonly onListening?: (port: number) => void
  /** Called at each change of the state, also with `up` again when the forecast of the session has changed. */
  readonly onState: (state: TunnelState) => void
  readonly onEvent: (event: TunnelEvent) => void
}

/** A running tunnel. Disposing resets its connections, frees its port, ends its session, and resolves after all three. */
export interface Tunnel extends AsyncDisposable {
  /**
   * Resets its connections, frees its port and then resolves. It does not wait for the end of the session, so a call to AWS that
   * hangs delays nothing; disposing does wait for it.
   */
  release(): Promise<void>
  /** The id of the newest session; "" before the first. */
  readonly sessionId: string
  readonly host: '127.0.0.1'
  /** 0 until the listener is bound. */
  readonly port: number
  /** Resolves when the tunnel has been disposed; rejects with the `AppError` that ended it. */
  readonly ended: Promise<void>
  /** Ends any wait: the tunnel and its session try again now. */
  retry(): void
  /** See `check.ts`. */
  check(): Promise<readonly CheckedLeg[]>
  /** Counters since the start of the tunnel. */
  readonly counters: TunnelCounters
}
