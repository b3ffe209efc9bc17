// What a tunnel and its owner know of each other: what it needs, what is forwarded, what it tells. Types only.

import type { CheckedLeg, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import type { ReceiveBudget } from '../../ssm/port/budget'
import type { ConnectionBudget } from './budgets'
import type { TunnelCounters } from './health'
import type { SessionService } from '../sessions/parts'
import type { Wakeable } from '../sessions/wakeable'
import type { Timing } from '../sessions/timing'

/** What a tunnel needs of the world. */
export interface TunnelService extends SessionService {
  /** Undefined when neither EC2 nor SSM knows the id. */
  describeTarget(id: string, signal: AbortSignal): Promise<Instance | undefined>
}

/** What to forward and where to tell about it. */
export interface TunnelOptions {
  readonly service: TunnelService
  readonly budget: ReceiveBudget
  /** What all forwards of the process share. */
  readonly connectionBudget: ConnectionBudget
  /** See `SessionOptions`. */
  readonly wakeables: Set<Wakeable>
  readonly timing: Timing
  readonly target: string
  readonly remotePort: number
  /** Resolved and dialled by the instance; absent: the instance itself. */
  readonly remoteHost?: string
  /** A fixed local port; absent: one is chosen. */
  readonly localPort?: number
  readonly reason?: string
  /** How many local connections there may be at a time; asked at each that comes. Absent, undefined: without limit. */
  readonly maxConnections?: () => number | undefined
  /** The local port is bound; no connection carries data before the state is `up`. */
  readonly onListening?: (port: number) => void
  /** Each change of its state, also `up` again when the time that its session has left has changed. */
  readonly onState: (state: TunnelState) => void
  readonly onEvent: (event: TunnelEvent) => void
}

/** A running tunnel. Disposing resets its connections, frees its port and ends its session; it resolves behind all three. */
export interface Tunnel extends AsyncDisposable {
  /**
   * Resets its connections and frees its port, and resolves then: its session is ended behind it, which disposing waits for. A
   * call to AWS that hangs holds nobody up.
   */
  release(): Promise<void>
  /** The newest session's; "" before the first. */
  readonly sessionId: string
  readonly host: '127.0.0.1'
  /** 0 until the listener is bound. */
  readonly port: number
  /** Resolves when the tunnel was disposed; rejects with the `AppError` that ended it. */
  readonly ended: Promise<void>
  /** Tries at once what waits for its time. */
  retry(): void
  /** See `check.ts`. */
  check(): Promise<readonly CheckedLeg[]>
  /** Counts since the start. */
  readonly counters: TunnelCounters
}
