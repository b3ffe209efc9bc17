// Terminals of windows. Types only.

import type { WireError } from '../errors'
import type { EnvironmentRef } from './environment'
import type { Forecast } from './forecast'

/** Columns and rows of a terminal. */
export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

/** A terminal, kept until a person closes it. */
export interface TerminalView {
  readonly id: string
  readonly instance: { readonly id: string; readonly name: string }
  /** Where its sessions are opened, and the name of that environment. */
  readonly environment: EnvironmentRef
  readonly environmentName: string
  /** The size that was sent to the instance. */
  readonly size: TerminalSize
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
