// Terminals of windows. Types only.

import type { WireError } from '../errors'
import type { EnvironmentRef } from './environment'
import type { EphemeralView } from './ephemeral'
import type { RecordingView } from './recording'
import type { Forecast } from './forecast'
import type { ForwardTarget } from './forward'

/** Columns and rows of a terminal. */
export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

/** A terminal, kept until a person closes it. */
export interface TerminalView {
  readonly id: string
  /** Of a set: the chosen host; before one is chosen the id is "" and the name is that of the set. */
  readonly instance: { readonly id: string; readonly name: string }
  /** The set that a host is chosen from at each new session. Absent: always this instance. */
  readonly target?: ForwardTarget
  /** Where its sessions are opened, and the name of that environment. */
  readonly environment: EnvironmentRef
  readonly environmentName: string
  /** The size that was sent to the instance. */
  readonly size: TerminalSize
  /** The TARGET of a container that its sessions are executed in; `instance` is then the container. */
  readonly container?: string
  /** Present on an ephemeral session. */
  readonly ephemeral?: EphemeralView
  /** Present while it is recorded. */
  readonly recording?: RecordingView
  /** Present once a person has decided whether the present session is recorded: under the rule "ask" no window asks again. */
  readonly isRecordingDecided?: true
  /** The names of the drains that its output goes to. */
  readonly drains?: readonly string[]
  /** The window that holds the terminal: its screen has this size and answers queries of programs. Absent: no window. */
  readonly heldBy?: string
  readonly state:
    | { readonly kind: 'connecting' }
    | ({ readonly kind: 'open'; readonly sessionId: string } & Forecast)
    | {
        readonly kind: 'reconnecting'
        readonly sinceAt: number
        readonly attempt: number
        /** Absent: an attempt is in progress. */
        readonly retryAt?: number
        /** The condition for an attempt to succeed. */
        readonly waitsFor?: 'login' | 'network'
        readonly cause: WireError
      }
    /** `text` is the reason, as a sentence; "" if its program ended. With `error` the session failed. */
    | { readonly kind: 'ended'; readonly at: number; readonly text: string; readonly error?: WireError }
}
