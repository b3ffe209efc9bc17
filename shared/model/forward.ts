// Forwards: what a person saved, how it stands, what happens to it, what it has carried. Types only; units are in the names.

import type { WireError } from '../errors'
import type { EnvironmentRef } from './environment'

/** Which instance a forward goes through. A name is looked up at each start; several that bear it are an error. */
export type ForwardTarget =
  | { readonly kind: 'id'; readonly instanceId: string }
  | { readonly kind: 'name'; readonly name: string }

/** A saved forward. */
export interface Forward {
  readonly id: string
  /** Unique in its data directory; `culvert up NAME` goes by it. */
  readonly name: string
  readonly environment: EnvironmentRef
  readonly target: ForwardTarget
  readonly remotePort: number
  /** Resolved and dialled by the instance. Absent: the instance itself. */
  readonly remoteHost?: string
  /** Absent until the first start has chosen one, which is then kept. */
  readonly localPort?: number
  readonly startAtLaunch: boolean
  /** Counted from when it is turned on; then it is turned off by itself. Absent: it stays on. */
  readonly expiresAfterMinutes?: number
  /** How many local connections it takes at a time. Absent: any number. */
  readonly maxConnections?: number
}

/** How long a session may still live, as far as it is known. Times are epoch ms. */
export interface TimeLeft {
  /** When it reaches the account's maximum duration. Absent: there is none. */
  readonly endsAt?: number
  /** When it idles out if nothing passes until then. Absent: something has passed within the last minute. */
  readonly idleEndsAt?: number
}

/** How a forward stands. Each state carries its own data; all times are epoch ms. */
export type TunnelState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | ({ readonly kind: 'up'; readonly sinceAt: number; readonly sessionId: string } & TimeLeft)
  /** `retryAt` absent: an attempt is under way. */
  | {
      readonly kind: 'reconnecting'
      readonly via: 'resume' | 'restart'
      readonly attempt: number
      readonly sinceAt: number
      readonly retryAt?: number
      readonly cause: WireError
    }
  /** The listener is kept; it goes on by itself once the thing is there. */
  | {
      readonly kind: 'waiting'
      readonly for: 'login' | 'network' | 'instance' | 'port'
      readonly sinceAt: number
      readonly retryAt?: number
      readonly cause: WireError
    }
  /** Retrying cannot mend it: a person must act. */
  | { readonly kind: 'failed'; readonly sinceAt: number; readonly error: WireError }

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
  /** Its first byte came from the destination, or the destination closed it in order. Once for each connection. */
  | { readonly kind: 'connection-answered'; readonly connectionId: number }
  | { readonly kind: 'resumed'; readonly pausedMs: number; readonly connectionsKept: number }
  /** The session was gone; a new one runs on the same port. */
  | {
      readonly kind: 'restarted'
      readonly pausedMs: number
      readonly connectionsLost: number
      readonly cause: WireError
    }
  /** Said once where a loopback address could not be bound. */
  | { readonly kind: 'notice'; readonly text: string }

/** What a forward has carried and how well, since it was turned on. Rates are over the last few seconds. */
export interface Health {
  /** To the agent and back; absent before anything was measured. */
  readonly roundTripMs?: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly bytesUpPerSecond: number
  readonly bytesDownPerSecond: number
  readonly retransmissions: number
  /** How many sessions it has taken so far. */
  readonly sessionsUsed: number
  /** Bytes per second, both ways together, every 3 s, oldest first: the last two minutes. */
  readonly history: readonly number[]
}

/** One leg of the way from here to a destination, as "Check now" has found it. */
export interface CheckedLeg {
  readonly leg: 'network' | 'service' | 'agent' | 'destination'
  /** `unknown`: not reached, or not to be tried. */
  readonly outcome: 'ok' | 'failed' | 'unknown'
  readonly tookMs?: number
  readonly error?: WireError
}

/** The session of a forward is up, and its destination is not reached. `sinceAt`: the first failure, epoch ms. */
interface DestinationFault {
  readonly sinceAt: number
  /** Of the newest failure. */
  readonly error: WireError
}

/** A saved forward and how it stands now. */
export interface ForwardView {
  readonly forward: Forward
  /** What the person wants; `state` is what is. */
  readonly isOn: boolean
  readonly state: TunnelState
  /** The port that is bound, else the saved one, else 0. */
  readonly localPort: number
  /** The instance that it goes through, once it was looked up. */
  readonly instance?: { readonly id: string; readonly name: string }
  readonly openConnections: number
  /** The newest connection that could not be carried since the forward was started. */
  readonly lastError?: { readonly at: number; readonly error: WireError }
  /** Present from a connection or check that failed until one succeeds, while the forward is on. */
  readonly destination?: DestinationFault
  /** Present where it speaks HTTP and no person has read yet that web pages can reach its local port. */
  readonly isPagesNoteDue?: true
  /** Epoch ms when it is turned off by its own limit; present while it is on and has one. */
  readonly expiresAt?: number
  /** Why it was turned off, where no person did; gone once it is turned on again. */
  readonly endedBy?: WireError
  /** Epoch ms when it was up last: the end of that, kept over restarts. While it is up: some moment of that. Absent: never. */
  readonly lastUpAt?: number
  /** Present while it is on and has been up. */
  readonly health?: Health
}
