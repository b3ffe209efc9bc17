// Forwards: the saved fields, the state, the events, and the traffic. Types only; units are in the names.

import type { WireError } from '../errors'
import type { DocumentChoice } from './document'
import type { EnvironmentRef } from './environment'
import type { Forecast } from './forecast'
import type { TargetSet } from '../targetset'

/**
 * The instance of a forward, or a set of which one host is chosen and kept while it can be reached. A Name is looked up at each new session; several
 * instances with that Name are an error.
 */
export type ForwardTarget =
  | { readonly kind: 'id'; readonly instanceId: string }
  | { readonly kind: 'name'; readonly name: string }
  /** `hostId`: the one host of the set that is used; the forward never moves to another. */
  | { readonly kind: 'set'; readonly set: TargetSet; readonly hostId?: string }
  /** A container, as `ecstarget.ts` writes it: of a service one of its tasks is chosen, and kept while it can be reached. */
  | { readonly kind: 'ecs'; readonly target: string }
  /** A saved target, by its id. Its set is read each time a host is chosen. */
  | { readonly kind: 'saved'; readonly targetId: string }

/** A saved forward. */
export interface Forward {
  readonly id: string
  /** Unique in its data directory; the NAME of `culvert up NAME`. */
  readonly name: string
  readonly environment: EnvironmentRef
  readonly target: ForwardTarget
  readonly remotePort: number
  /** The instance resolves it and connects to it. Absent: the instance itself. */
  readonly remoteHost?: string
  /** The session document. Absent: the environment's, or AWS's. */
  readonly document?: DocumentChoice
  /** Absent until the first start chooses one, which is then kept. */
  readonly localPort?: number
  readonly startAtLaunch: boolean
  /** Counted from when the forward is turned on; after that it turns itself off. Absent: it stays on. */
  readonly expiresAfterMinutes?: number
  /** The most local connections at a time. Absent: any number. */
  readonly maxConnections?: number
}

/** The state of a forward. Each state has its own data; all times are epoch ms. */
export type TunnelState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | ({ readonly kind: 'up'; readonly sinceAt: number; readonly sessionId: string } & Forecast)
  /** `retryAt` absent: an attempt is in progress. */
  | {
      readonly kind: 'reconnecting'
      readonly via: 'resume' | 'restart'
      readonly attempt: number
      readonly sinceAt: number
      readonly retryAt?: number
      readonly cause: WireError
    }
  /** The listener stays open; the forward continues by itself once the condition is met. */
  | {
      readonly kind: 'waiting'
      readonly for: 'login' | 'network' | 'instance' | 'port'
      readonly sinceAt: number
      readonly retryAt?: number
      readonly cause: WireError
    }
  /** Retrying cannot help: a person must act. */
  | { readonly kind: 'failed'; readonly sinceAt: number; readonly error: WireError }

/** A host as a person knows it. */
export interface HostName {
  readonly id: string
  /** "" where it has none. */
  readonly name: string
}

/** An event of a forward that its state does not show. */
export type TunnelEvent =
  | { readonly kind: 'connection-opened'; readonly connectionId: number }
  | {
      readonly kind: 'connection-closed'
      readonly connectionId: number
      readonly bytesUp: number
      readonly bytesDown: number
    }
  | { readonly kind: 'connection-failed'; readonly connectionId: number; readonly error: WireError }
  /** The destination has sent its first byte or has closed the connection normally. Once per connection. */
  | { readonly kind: 'connection-answered'; readonly connectionId: number }
  | { readonly kind: 'resumed'; readonly pausedMs: number; readonly connectionsKept: number }
  /** The session was lost; a new one uses the same port. */
  | {
      readonly kind: 'restarted'
      readonly pausedMs: number
      readonly connectionsLost: number
      readonly cause: WireError
    }
  /** The forward is on a set, and its new session goes to another host than the one before. Told before `restarted`. */
  | { readonly kind: 'moved'; readonly from: HostName; readonly to: HostName; readonly cause: WireError }
  /** Reported once if a loopback address could not be bound. */
  | { readonly kind: 'notice'; readonly text: string }

/** The traffic of a forward and its quality since it was turned on. Rates are over the last few seconds. */
export interface Health {
  /** To the agent and back; absent before the first measurement. */
  readonly roundTripMs?: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly bytesUpPerSecond: number
  readonly bytesDownPerSecond: number
  readonly retransmissions: number
  /** The number of sessions used so far. */
  readonly sessionsUsed: number
  /** Bytes per second in both directions together, every 3 s, oldest first: the last two minutes. */
  readonly history: readonly number[]
}

/** One leg of the path from this computer to a destination, as found by "Check now". */
export interface CheckedLeg {
  readonly leg: 'network' | 'service' | 'agent' | 'destination'
  /** `unknown`: not reached, or cannot be tested. */
  readonly outcome: 'ok' | 'failed' | 'unknown'
  readonly tookMs?: number
  readonly error?: WireError
}

/** The session of a forward is up, but its destination is not reached. `sinceAt`: the first failure, epoch ms. */
interface DestinationFault {
  readonly sinceAt: number
  /** The error of the newest failure. */
  readonly error: WireError
}

/** The hosts of a set. */
export interface HostCount {
  /** Those that run with their agent online. */
  readonly good: number
  readonly all: number
}

/** A saved forward and its current state. */
export interface ForwardView {
  readonly forward: Forward
  /** Whether the person wants it on; `state` is the actual state. */
  readonly isOn: boolean
  readonly state: TunnelState
  /** The bound port, else the saved one, else 0. */
  readonly localPort: number
  /** The instance of the forward, once it was looked up; of a set the host that was chosen last. */
  readonly instance?: HostName
  /** Of a set: its hosts, and how many of them can be chosen, as counted when one was chosen last. */
  readonly hosts?: HostCount
  readonly openConnections: number
  /** The newest connection failure since the forward was started. */
  readonly lastError?: { readonly at: number; readonly error: WireError }
  /** Present from the first failed connection or check until one succeeds, while the forward is on. */
  readonly destination?: DestinationFault
  /** Present if the forward carries HTTP and no person has confirmed yet that web pages can reach its local port. */
  readonly isPagesNoteDue?: true
  /** Epoch ms when its own limit turns it off; present while it is on and has such a limit. */
  readonly expiresAt?: number
  /** Why it turned off by itself; absent if a person turned it off, and once it is turned on again. */
  readonly endedBy?: WireError
  /** Epoch ms when it was last up; kept over restarts. While it is up, a moment of that time. Absent: never. */
  readonly lastUpAt?: number
  /** Present while the forward is on and has been up. */
  readonly health?: Health
}
